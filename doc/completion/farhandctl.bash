# Completion of farhandctl for bash.
_farhandctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=

	case $prev in
	--world|--token-file|--ca|--data|--key|--checkpoints) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	esac
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W 'reach check apply export password password-link invite second-factor role person calls audit backup restore help version' -- "$cur"))
		return
	fi
	case ${COMP_WORDS[1]} in
	reach) words='--world --brief --explain' ;;
	check) COMPREPLY=($(compgen -f -- "$cur")); return ;;
	apply) words='--prune --force --server --token-file --ca' ;;
	password) words='--must-change --server --token-file --ca' ;;
	export|password-link|invite) words='--server --token-file --ca' ;;
	second-factor) words='reset --server --token-file --ca' ;;
	role) words='grant revoke owner access_admin licence_admin auditor --server --token-file --ca' ;;
	person) words='export erase --yes --server --token-file --ca' ;;
	calls) words='list end report --from --to --server --token-file --ca' ;;
	audit) words='verify export proof check --data --key --checkpoints' ;;
	backup|restore) words='--data --checkpoints'; COMPREPLY=($(compgen -d -- "$cur")) ;;
	esac
	COMPREPLY+=($(compgen -W "$words" -- "$cur"))
	if [ "${COMP_WORDS[1]}" = apply ]; then COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -F _farhandctl farhandctl
