# Servers for the benchmarks, on loopback, each with a data folder of its own under $data; sourced by the run scripts. Everything that was
# started is stopped by its process id when the script ends.

data=$(mktemp -d /tmp/farhand-bench.XXXXXX)
declare -A pid
stop() { kill "${pid[$1]}" 2>/dev/null && wait "${pid[$1]}" 2>/dev/null; unset "pid[$1]"; }
stop_all() { for name in "${!pid[@]}"; do stop "$name" || true; done; rm -rf "$data"; }
trap stop_all EXIT
trap 'exit 1' INT TERM

# packages NAME…: from Debian, without letting them start their services.
packages() {
	local missing=() sudo=
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] || sudo=sudo
	$sudo apt-get update -qq
	$sudo env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# build TARGET…: a release build of its own, with the web app inside.
build() {
	folder=build-bench
	[ -f $folder/build.ninja ] || script/build $folder -Dbuildtype=release
	ninja -C $folder --quiet src/farhandd "$@"
}

ready() {	# NAME PORT: until it accepts connections
	for _ in $(seq 300); do
		(exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && return
		kill -0 "${pid[$1]}" || break
		sleep 0.1
	done
	echo "$1 does not start: $data/$1.log" >&2
	tail -5 "$data/$1.log" >&2
	trap - EXIT
	exit 1
}

# In 18443, with a folder that bench/load/seed has filled. Limits of requests are out of the way; all else is as shipped.
farhand_start() {
	printf '%s\n' "data = $data/farhand" 'listen.address = 127.0.0.1' 'listen.port = 18443' 'relay.port = 18443' 'relay.address = 127.0.0.1' \
		'requests.second = 10000' 'log.level = error' >"$data/farhand.conf"
	$folder/src/farhandd --config "$data/farhand.conf" >"$data/farhand.log" 2>&1 &
	pid[farhand]=$!
	ready farhand 18443
}

# The others take the certificate that farhand made: ECDSA, P-256. Chat on 15223 and 15224, TLS from the start, an archive of everything
# (XEP-0313) in SQLite with its own defaults: a rollback journal and synchronous=FULL, so each stored message is on the disk.
prosody_start() {
	mkdir -p "$data/prosody"
	cat >"$data/prosody.lua" <<-END
		run_as_root = true
		data_path = "$data/prosody"
		log = { error = "$data/prosody.log" }
		interfaces = { "127.0.0.1" }
		c2s_ports = { }
		s2s_ports = { }
		c2s_direct_tls_ports = { 15223 }
		c2s_direct_tls_ssl = { certificate = "$data/farhand/tls.pem", key = "$data/farhand/tls.key" }
		modules_enabled = { "saslauth", "tls", "disco", "roster", "mam", "register_ibr" }
		modules_disabled = { "s2s", "offline" }
		allow_registration = true
		authentication = "internal_plain"
		storage = { archive = "sql" }
		sql = { driver = "SQLite3", database = "$data/prosody/archive.sqlite" }
		default_archive_policy = true
		VirtualHost "localhost"
	END
	prosody --config "$data/prosody.lua" -F >"$data/prosody.out" 2>&1 &
	pid[prosody]=$!
	ready prosody 15223
}

ejabberd_start() {
	local home=$data/ejabberd
	mkdir -p "$home/mnesia"
	cat "$data/farhand/tls.pem" "$data/farhand/tls.key" >"$home/both.pem"
	sqlite3 "$home/archive.sqlite" </usr/share/ejabberd/sql/lite.sql >/dev/null
	cat >"$home/ejabberd.yml" <<-END
		hosts: [localhost]
		loglevel: error
		certfiles: ["$home/both.pem"]
		listen:
		  - { port: 15224, ip: "127.0.0.1", module: ejabberd_c2s, tls: true, max_stanza_size: 262144, shaper: none, access: c2s, backlog: 1024 }
		acl: { local: { user_regexp: "" } }
		access_rules: { c2s: { allow: all }, register: { allow: all } }
		shaper_rules: { max_user_sessions: 10, max_user_offline_messages: 100 }
		auth_method: internal
		auth_password_format: plain
		registration_timeout: infinity
		sql_type: sqlite
		sql_database: "$home/archive.sqlite"
		modules:
		  mod_register: { access: register, ip_access: all, captcha_protected: false }
		  mod_mam: { db_type: sql, default: always }
	END
	HOME=$home EJABBERD_CONFIG_PATH=$home/ejabberd.yml EJABBERD_LOG_PATH=$data/ejabberd.log ERL_LIBS=/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH) \
		erl +K true +P 250000 -noinput -mnesia dir "\"$home/mnesia\"" -s ejabberd >"$data/ejabberd.out" 2>&1 &
	pid[ejabberd]=$!
	ready ejabberd 15224
}

# nginx_start BODY HEADERS: one worker, TLS on 18444, the same bytes for every request.
nginx_start() {
	mkdir -p "$data/nginx"
	cat >"$data/nginx.conf" <<-END
		daemon off; master_process off; pid $data/nginx/pid; error_log $data/nginx.log error;
		events { worker_connections 1024; }
		http {
			access_log off; keepalive_requests 100000000; server_tokens off;
			client_body_temp_path $data/nginx; proxy_temp_path $data/nginx; fastcgi_temp_path $data/nginx; uwsgi_temp_path $data/nginx; scgi_temp_path $data/nginx;
			server {
				listen 127.0.0.1:18444 ssl; ssl_certificate $data/farhand/tls.pem; ssl_certificate_key $data/farhand/tls.key;
				ssl_protocols TLSv1.3; default_type application/json;
				$2
				location / { return 200 '$1'; }
			}
		}
	END
	nginx -c "$data/nginx.conf" >"$data/nginx.out" 2>&1 &
	pid[nginx]=$!
	ready nginx 18444
}

# What a table is worth nothing without.
about() {
	echo "Commit $(git rev-parse --short HEAD)$(git diff --quiet HEAD || echo ' and changes'), $(date -u +%F), $(nproc) cores of $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)," \
		"load $(cut -d' ' -f1 /proc/loadavg) before, $(uname -m), $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release)."
}

# Lines "KEY<tab>number…" of several rounds become one line a key: the medians (lowest to highest of the first number).
medians() {
	awk -F '\t' '
	function sorted(key, column, n,    i, j, t) {
		for (i = 1; i <= n; i++) v[i] = cell[key, column, i]
		for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
	}
	!($1 in rounds) { order[++keys] = $1 }
	{ n = ++rounds[$1]; columns = NF; for (c = 2; c <= NF; c++) cell[$1, c, n] = $c }
	END { for (k = 1; k <= keys; k++) { key = order[k]; n = rounds[key]; line = key
		for (c = 2; c <= columns; c++) { sorted(key, c, n); line = line "\t" v[int((n + 1) / 2)]; if (c == 2) span = v[1] " to " v[n] }
		print line "\t" span } }'
}
