/** Who is in the call; and adding one more, found as everywhere. */
import { Crown, MicOff, Search as Glass, UserPlus, X } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { callAdd, callRemove } from '../../call/running';
import { reasonSentence } from '../../state/gate';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Asked, Call, Party, Person } from '../../wire/objects';
import { problemOf, type Problem } from '../../wire/problem';
import { Avatar } from '../../view/avatar';
import { Dialog } from '../../view/dialog';
import { useFound } from '../../view/found';
import { Lookalike } from '../../view/lookalike';
import { firstName, orgLine, partiesOf, roleLine } from '../../view/person';
import './members.css';

/** So many may be in a call at once. */
const MOST = 6;
const SHOWN = 8;

export function PeopleDialog({ call, onClose }: { call: Call; onClose(): void }) {
	const [query, setQuery] = useState('');
	const [no, setNo] = useState<{ problem: Problem; person: Person | null; address: string } | null>(null);
	const own = me.value?.person;
	const full = call.parties.length + 1 >= MOST;
	const add = (address: string, person: Person | null) => {
		setNo(null);
		callAdd(call.id, address).then(() => setQuery(''), (error: unknown) => setNo({ problem: problemOf(error), person, address }));
	};

	return (
		<Dialog label={t('call.people')} class="ask incall" onClose={onClose}>
			<header>
				<h2>{t('call.people')}</h2>
				<button class="ib" aria-label={t('call.people_close')} onClick={onClose}><X aria-hidden /></button>
			</header>
			<ul>
				{own && <li><Avatar person={own} size={40} /><div class="grow"><b>{t('thread.you')}</b>{call.host === call.seat && <Host />}</div></li>}
				{call.parties.map((party) => <PartyRow key={party.person.address} call={call} party={party} onFault={(problem) => setNo({ problem, person: party.person, address: party.person.address })} />)}
			</ul>
			{full
				? <p class="empty">{t('call.full', { n: MOST })}</p>
				: (
					<label class="field">
						<Glass aria-hidden />
						<span class="vh">{t('call.add')}</span>
						<input type="search" placeholder={t('call.add_hint')} value={query} autocomplete="off" spellcheck={false} onInput={(event) => { setQuery(event.currentTarget.value); setNo(null); }} />
					</label>
				)}
			{no && <p class="verdict no" role="alert">{refusalText(call, no.problem, no.person, no.address)}</p>}
			{!full && query.trim() && <Found call={call} query={query.trim()} onAdd={add} />}
		</Dialog>
	);
}

const Host = () => <small><Crown aria-hidden />{t('call.host')}</small>;

/** Of two in a group the server says who may not meet, to who may know it. */
function refusalText(call: Call, problem: Problem, person: Person | null, address: string): string {
	if (problem.reason === 'unreachable')
		return t('call.not_all', { name: person?.name ?? address });

	const parties = partiesOf(person, address, problem.tenant ?? problem.answer?.tenant ?? null);
	const why = reasonSentence(problem.reason, problem.answer, parties, problem.title);
	const named = (one: string) => {
		const all = [me.peek()?.person, ...call.parties.map((party) => party.person), person];

		return one === me.peek()?.person.address ? t('thread.you') : (all.find((each) => each?.address === one)?.name ?? one);
	};

	return problem.between ? t('call.between', { one: named(problem.between[0] ?? ''), other: named(problem.between[1] ?? ''), why }) : why;
}

function PartyRow({ call, party, onFault }: { call: Call; party: Party; onFault(problem: Problem): void }) {
	const { person, state } = party;
	const may = call.host === call.seat;
	const remove = () => void callRemove(call.id, person.address).catch((error: unknown) => onFault(problemOf(error)));

	return (
		<li>
			<Avatar person={person} size={40} />
			<div class="grow">
				<b>{person.name}</b> <Lookalike person={person} />
				<small>
					{party.muted && <MicOff role="img" aria-label={t('call.is_muted')} />}
					<span>{state === 'ringing' ? t('call.ringing') : party.closed ? t('call.barred') : orgLine(person)}</span>
				</small>
				{call.host === party.seat && <Host />}
			</div>
			{may && call.parties.length > 1 && (
				<button class="btn gho" aria-label={t(state === 'ringing' ? 'call.uncall_who' : 'call.remove_who', { name: person.name })} onClick={remove}>
					{t(state === 'ringing' ? 'call.cancel' : 'call.remove')}
				</button>
			)}
		</li>
	);
}

function Found({ call, query, onAdd }: { call: Call; query: string; onAdd(address: string, person: Person | null): void }) {
	const found = useFound(query);

	if (!found)
		return null;
	if (found === 'fault')
		return <p class="empty" role="status">{t('search.fault')}</p>;

	const here = new Set([me.value?.person.address, ...call.parties.map((party) => party.person.address)]);
	const others = found.people.flatMap((entry) => (entry.person && entry.address !== found.asked?.address && !here.has(entry.address) ? [entry.person] : []));

	return (
		<ul class="some" aria-label={t('call.add')}>
			{found.asked && !here.has(found.asked.address) && <AskedRow asked={found.asked} onAdd={onAdd} />}
			{others.slice(0, SHOWN).map((person) => <Row key={person.address} person={person} small={roleLine(person)} onAdd={() => onAdd(person.address, person)} />)}
			{!found.asked && others.length === 0 && <li class="empty">{t(query.includes('@') ? 'search.unfinished' : 'search.nobody')}</li>}
		</ul>
	);
}

function AskedRow({ asked: { address, person, call }, onAdd }: { asked: Asked; onAdd(address: string, person: Person | null): void }) {
	const shown = person ?? { name: address, address };
	const why = call.allowed ? (person?.tenant.name ?? address) : reasonSentence(call.reason, call, partiesOf(person, address, call.tenant));

	return <Row person={shown} small={why} onAdd={call.allowed ? () => onAdd(address, person) : null} />;
}

function Row({ person, small, onAdd }: { person: Person | { name: string; address: string }; small: string; onAdd: (() => void) | null }) {
	const name = 'tenant' in person ? firstName(person) : person.name;

	return (
		<li>
			<Avatar person={person} size={40} />
			<div class="grow"><b>{person.name}</b> {'tenant' in person && <Lookalike person={person} />}<small>{small}</small></div>
			{onAdd && <button class="btn pri" aria-label={t('call.add_who', { name })} onClick={onAdd}><UserPlus aria-hidden />{t('call.add_short')}</button>}
		</li>
	);
}
