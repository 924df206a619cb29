/** The search in the top bar: colleagues by name; anybody else by the whole address, with the answer before the call. */
import { MessageCircle, Phone, Search as Glass, Video } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { gateDrawing, reasonSentence } from '../state/gate';
import { t } from '../text/text';
import type { Asked, Directory, Person } from '../wire/objects';
import { Avatar } from './avatar';
import { useFound } from './found';
import { GateLine } from './gate_line';
import { useIntents } from './intent';
import { Lookalike } from './lookalike';
import { typing } from './page';
import { firstName, partiesOf, roleLine } from './person';
import './search.css';

const SHOWN = 12;

export function Search() {
	const [query, setQuery] = useState('');
	const [open, setOpen] = useState(false);
	const box = useRef<HTMLDivElement>(null);
	const input = useRef<HTMLInputElement>(null);
	const found = useFound(query.trim());
	const close = () => setOpen(false);

	useEffect(() => {
		const key = (event: KeyboardEvent) => {
			if (event.key === '/' && !event.ctrlKey && !event.metaKey && !typing(event)) {
				event.preventDefault();
				input.current?.focus();
			}
			if (event.key === 'Escape')
				close();
		};
		const outside = (event: Event) => {
			if (!box.current?.contains(event.target as Node))
				close();
		};

		addEventListener('keydown', key);
		addEventListener('pointerdown', outside);
		addEventListener('focusin', outside);
		return () => {
			removeEventListener('keydown', key);
			removeEventListener('pointerdown', outside);
			removeEventListener('focusin', outside);
		};
	}, []);

	return (
		<div class="search" ref={box} role="search">
			<label class="field">
				<Glass aria-hidden />
				<span class="vh">{t('search.label')}</span>
				<input
					ref={input}
					type="search"
					placeholder={t('search.hint')}
					value={query}
					autocomplete="off"
					spellcheck={false}
					onFocus={() => setOpen(true)}
					onInput={(event) => { setQuery(event.currentTarget.value); setOpen(true); }}
				/>
				<kbd class="kbd hide-s" aria-hidden="true">/</kbd>
			</label>
			{open && query.trim() && found && <Found found={found} query={query.trim()} onDone={() => { close(); setQuery(''); }} />}
		</div>
	);
}

function Found({ found, query, onDone }: { found: Directory | 'fault'; query: string; onDone(): void }) {
	if (found === 'fault')
		return <div class="found card" role="status"><p class="empty">{t('search.fault')}</p></div>;

	const others = found.people.flatMap((entry) => (entry.person && entry.address !== found.asked?.address ? [entry.person] : []));

	return (
		<div class="found card">
			{!found.asked && <p class="vh" role="status">{t('search.count', { n: others.length })}</p>}
			<ul>
				{found.asked && <AskedRow asked={found.asked} onDone={onDone} />}
				{others.slice(0, SHOWN).map((person) => <FoundRow key={person.address} person={person} onDone={onDone} />)}
			</ul>
			{!found.asked && others.length === 0 && <p class="empty">{t(query.includes('@') ? 'search.unfinished' : 'search.nobody')}</p>}
		</div>
	);
}

function FoundRow({ person, onDone }: { person: Person; onDone(): void }) {
	return (
		<li>
			<Avatar person={person} size={40} />
			<div class="grow"><b>{person.name}</b> <Lookalike person={person} /><small>{roleLine(person)}</small></div>
			<Actions address={person.address} person={person} chat call onDone={onDone} />
		</li>
	);
}

function AskedRow({ asked, onDone }: { asked: Asked; onDone(): void }) {
	const { person, address, chat, call } = asked;
	const parties = partiesOf(person, address, call.tenant ?? asked.find.tenant);
	const own = person?.tenant.id === parties.ownTenant;

	return (
		<li class="asked">
			<Avatar person={person ?? { name: address, address }} size={40} />
			<div class="grow">
				<b>{person?.name || address}</b> {person && <Lookalike person={person} />}
				<small>{person ? t('search.of', { org: person.tenant.name, address }) : t('chats.outside', { org: parties.ownName })}</small>
			</div>
			<Actions address={address} person={person} chat={chat.allowed} call={call.allowed} onDone={onDone} />
			{!own && <GateLine {...gateDrawing(call, parties.ownTenant)} us={parties.ownName} them={parties.otherName} />}
			<p class={call.allowed ? 'verdict yes' : 'verdict no'} role="status">
				{call.allowed
					? t('search.can_call', { name: person ? firstName(person) : address })
					: reasonSentence(call.reason, call, parties)}
			</p>
		</li>
	);
}

interface ActionsProps {
	address: string;
	person: Person | null;
	chat: boolean;
	call: boolean;
	onDone(): void;
}

function Actions({ address, person, chat, call, onDone }: ActionsProps) {
	const intents = useIntents();
	const name = person?.name || address;

	return (
		<span class="acts">
			{chat && <button class="btn gho ico" aria-label={t('act.message', { name })} onClick={() => { onDone(); void intents.chat(address, person); }}><MessageCircle aria-hidden /></button>}
			{call && <button class="btn gho ico" aria-label={t('act.call', { name })} onClick={() => { onDone(); intents.call(address, false); }}><Phone aria-hidden /></button>}
			{call && <button class="btn gho ico" aria-label={t('act.video', { name })} onClick={() => { onDone(); intents.call(address, true); }}><Video aria-hidden /></button>}
		</span>
	);
}
