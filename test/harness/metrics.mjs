// Prometheus' text format 0.0.4, read strictly: what is not exactly so is an error.
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(`^(${NAME})(\\{${LABEL}(?:,${LABEL})*\\})? (-?[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?|NaN|[+-]Inf)$`);

/** A Map of `name{labels}` to its number; every family has its HELP, then its TYPE, then its samples, once and together. */
export function metricsRead(text) {
	const samples = new Map(), families = new Map();
	let family = null;
	if (!text.endsWith('\n')) throw new Error('the last line does not end');
	for (const line of text.slice(0, -1).split('\n')) {
		const [, help] = line.match(`^# HELP (${NAME}) \\S.*$`) ?? [];
		const [, typed, type] = line.match(`^# TYPE (${NAME}) (counter|gauge|histogram)$`) ?? [];
		const [, name, labels = '', number] = line.match(SAMPLE) ?? [];
		if (help) {
			if (families.has(help)) throw new Error(`${help} comes twice`);
			if (family && !family.samples) throw new Error(`${family.name} has no samples`);
			families.set(help, family = { name: help, type: null, samples: 0 });
		} else if (typed) {
			if (family?.name !== typed || family.type) throw new Error(`a TYPE in the wrong place: ${line}`);
			if ((type === 'counter') !== typed.endsWith('_total')) throw new Error(`${typed} is a ${type}`);
			family.type = type;
		} else if (name) {
			const parts = family?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
			if (!family?.type || !parts.some((part) => family.name + part === name)) throw new Error(`a sample in the wrong place: ${line}`);
			if (samples.has(name + labels)) throw new Error(`${name}${labels} comes twice`);
			if (name.endsWith('_bucket')) {
				if (Number(number) < (family.least ?? 0)) throw new Error(`${name}${labels} has less than the bucket before`);
				family.least = Number(number);
			}
			family.samples++;
			samples.set(name + labels, Number(number));
		} else {
			throw new Error(`not a line of the format: ${line}`);
		}
	}
	return samples;
}
