/** The organisations, each with our gate, the line and their gate; and the list that does not count now. */
import { Phone, Plus, Search, Users } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { accessWithout, listInForce, rowName } from '../../state/access';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Access, Row } from '../../wire/objects';
import { OrgTile } from '../../view/avatar';
import { AddDomain } from './add_domain';
import { draft, draftChange, effect } from './draft';
import { GateRow } from './gate_row';

export function Organisations({ access }: { access: Access }) {
	const [filter, setFilter] = useState('');
	const [adding, setAdding] = useState(false);
	const list = listInForce(access.mode);
	const all = effect.value?.organisations ?? [];
	const wanted = filter.trim().toLowerCase();
	const rows = all.filter((row) => `${rowName(row)} ${row.domain}`.toLowerCase().includes(wanted));

	return (
		<section class="card mapc" aria-labelledby="orgs">
			<div class="ch">
				<h2 id="orgs">{t('external.organisations')}</h2>
				<label class="field">
					<Search aria-hidden />
					<span class="vh">{t('external.filter_label')}</span>
					<input type="search" placeholder={t('external.filter')} value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
				</label>
				{list && <button class="btn pri" onClick={() => setAdding(true)}><Plus aria-hidden />{t(`external.add_${list}`)}</button>}
			</div>
			<div class="map">
				<Territory rows={all} />
				<ul class="rows">
					<li class="rw hdr" aria-hidden="true">
						<div class="eh"><span>{t('gate.yours')}</span><span>{t('gate.theirs')}</span></div>
						<span>{t('external.organisation')}</span>
						<span class="use">{t('external.contact')}</span>
					</li>
					{rows.map((row) => <GateRow key={row.domain} row={row} access={access} />)}
					{effect.value && rows.length === 0 && <li class="empty">{t(wanted ? 'external.no_match' : 'external.none', { text: filter.trim() })}</li>}
				</ul>
			</div>
			<Inactive access={access} />
			{adding && list && <AddDomain list={list} onClose={() => setAdding(false)} />}
		</section>
	);
}

function Territory({ rows }: { rows: Row[] }) {
	const own = me.value?.tenant;
	const contacts = rows.reduce((sum, row) => sum + row.contacts, 0);
	const calls = rows.reduce((sum, row) => sum + row.calls, 0);

	if (!own)
		return null;
	return (
		<div class="terr">
			<OrgTile name={own.name} domain={own.domains[0] ?? own.id} size={44} />
			<b>{own.name}</b>
			<span class="sm">{own.domains.join(', ')}</span>
			<ul>
				<li><Users aria-hidden />{t('external.contacts', { n: contacts })}</li>
				<li><Phone aria-hidden />{t('external.calls', { n: calls })}</li>
			</ul>
		</div>
	);
}

/** The other list is kept for later, but does not count. */
function Inactive({ access }: { access: Access }) {
	const kept = (['allow', 'block'] as const).filter((one) => one !== listInForce(access.mode) && access[one].length > 0);

	return (
		<>
			{kept.map((one) => (
				<details key={one} class="kept">
					<summary>{t(`external.kept_${one}`, { n: access[one].length })}</summary>
					<ul>
						{access[one].map((domain) => (
							<li key={domain}>
								<span class="grow">{domain}</span>
								<button class="btn gho" onClick={() => draft.value && draftChange(accessWithout(draft.value, one, domain))}>{t('external.forget', { domain })}</button>
							</li>
						))}
					</ul>
				</details>
			))}
		</>
	);
}
