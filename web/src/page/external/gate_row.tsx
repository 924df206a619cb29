/** One organisation: our gate is a switch, theirs is as they tell us, and the line is whole only when both are open. */
import { Plus, Scissors } from 'lucide-preact';
import { accessToggle, borderOf, borderOpen, coveringEntry, listInForce, rowName } from '../../state/access';
import { t } from '../../text/text';
import type { Access, Border, Row } from '../../wire/objects';
import { OrgTile } from '../../view/avatar';
import { draftChange } from './draft';
import './gate_row.css';

type Gate = 'open' | 'shut' | 'unknown';

/** The lists decide at once, here; only the server knows who has proved their domain. */
function oursNow(row: Row, access: Access): Border {
	const border = borderOf(access, row.domain);

	return row.ours === 'unverified' && borderOpen(border) ? 'unverified' : border;
}

const gateOf = (border: Border | null): Gate => (border === null ? 'unknown' : borderOpen(border) ? 'open' : 'shut');

export function GateRow({ row, access }: { row: Row; access: Access }) {
	const ours = oursNow(row, access);
	const us = gateOf(ours);
	const them = gateOf(row.theirs);
	const changed = borderOpen(row.was.ours) !== borderOpen(ours);
	const reaches = us === 'open' && them === 'open';
	const covering = coveringEntry(access, row.domain);
	const locked = !listInForce(access.mode) || ours === 'unverified' || covering !== null;
	const why = covering ? t('external.covered', { entry: covering }) : t(`external.locked_${ours === 'unverified' ? 'unverified' : access.mode}`);
	const classes = ['edge', `us-${us}`, `them-${them}`, reaches ? 'thru' : '', changed ? (us === 'open' ? 'add' : 'cut') : ''].join(' ');

	return (
		<li class={changed ? 'rw chg' : 'rw'} data-domain={row.domain}>
			<div class={classes}>
				<i class="sg a" />
				<button
					class={`gate ${us}`}
					role="switch"
					aria-checked={us === 'open'}
					aria-label={t('gate.your_to', { org: rowName(row) })}
					aria-disabled={locked}
					title={locked ? why : undefined}
					onClick={() => locked || draftChange(accessToggle(access, row.domain))}
				>
					<i />
				</button>
				<span class="sg b">
					{changed && <em>{us === 'open' ? <Plus aria-hidden /> : <Scissors aria-hidden />}{t(us === 'open' ? 'external.will_open' : 'external.will_be_cut')}</em>}
				</span>
				<i class={`gate ${them}`}><i /></i>
				<i class="sg c" />
				<small class="lu">{t(`ours.${ours}`)}{changed && <s>{t(`ours.${row.was.ours}`)}</s>}</small>
				<small class={them === 'shut' ? 'lt2 no' : 'lt2'}>{t(row.theirs ? `theirs.${row.theirs}` : 'theirs.untold')}</small>
			</div>
			<div class="who">
				<OrgTile name={rowName(row)} domain={row.domain} size={40} />
				<div class="grow"><b>{rowName(row)}</b><small>{row.tenant ? row.domain : t('external.not_here')}</small></div>
			</div>
			<div class="use">
				<span class={row.contacts ? '' : 'muted'}>{row.contacts ? t('external.contacts', { n: row.contacts }) : t('external.no_contact')}</span>
				{row.calls > 0 && <small>{t('external.calls', { n: row.calls })}</small>}
			</div>
			<span class="vh">{t(reaches ? 'gate.reaches' : us === 'shut' ? 'gate.stopped_ours' : them === 'shut' ? 'gate.stopped_theirs' : 'gate.untold')}</span>
		</li>
	);
}
