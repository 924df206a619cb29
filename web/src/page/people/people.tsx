/** The people one works with: the own organisation, then others. */
import { AtSign, BellRing, Link } from 'lucide-preact';
import { ErrorBoundary, lazy } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { alertAsk, alertAskable } from '../../call/alert';
import { toast } from '../../state/notice';
import { groups, peopleAfter, peopleBlocked, peopleKnown, peopleLoad, peopleMore, peopleUnblock, type Group } from '../../state/people';
import { presenceWatch } from '../../state/presence';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Person } from '../../wire/objects';
import { Avatar, OrgTile } from '../../view/avatar';
import { usePage } from '../../view/page';
import './people.css';
import { PersonRow } from './person_row';

const Invite = lazy(() => import('../invite/invite'));
const LongRows = lazy(() => import('./long_rows'));

export default function People() {
	const [fault, setFault] = useState(false);
	const list = groups.value;

	usePage(t('nav.people'));
	useEffect(() => void peopleLoad().then(() => setFault(false), () => setFault(true)), []);

	return (
		<>
			<h1>{t('nav.people')}</h1>
			{fault && !peopleKnown.value && <p class="empty" role="alert">{t('people.fault')}</p>}
			{peopleKnown.value && list.length === 0 && <p class="empty">{t('people.empty')}</p>}
			<div class="pgrid">
				{list.map((group) => <GroupCard key={group.id} group={group} />)}
				{peopleBlocked.value.length > 0 && <Blocked />}
				{peopleKnown.value && <Elsewhere />}
				{peopleKnown.value && me.value?.person.kind === 'internal' && <ByLink />}
				{peopleKnown.value && <Bell />}
			</div>
		</>
	);
}

function GroupCard({ group }: { group: Group }) {
	return (
		<section class="card pg" aria-label={group.name}>
			<header>
				<OrgTile name={group.name} domain={group.domain} size={40} />
				<div class="grow">
					<h2>{group.name}</h2>
					<small>{t(group.own ? 'people.own' : 'people.other')}</small>
				</div>
				<span class="chip">{t(group.own ? 'people.by_name' : 'people.by_address')}</span>
			</header>
			<Rows people={group.people} more={group.own && peopleAfter.value !== null} />
			{group.own && peopleAfter.value && <button class="btn gho more" onClick={more}>{t('people.more')}</button>}
		</section>
	);
}

/** More than these have a window of their own. */
const FEW = 50;

const more = () => void peopleMore().catch(() => toast(t('people.fault'), true));

function Rows({ people, more: open }: { people: Person[]; more: boolean }) {
	if (people.length > FEW)
		return <LongRows people={people} onMore={open ? more : null} />;
	return <FewRows people={people} />;
}

function FewRows({ people }: { people: Person[] }) {
	const addresses = people.map((person) => person.address);

	useEffect(() => presenceWatch(addresses), [addresses.join()]);
	return <ul>{people.map((person) => <PersonRow key={person.address} person={person} />)}</ul>;
}

/** Whom one has blocked can't find one, nor the other way round: here is where it is taken back. */
function Blocked() {
	return (
		<section class="card pg" aria-label={t('people.blocked')}>
			<header>
				<div class="grow">
					<h2>{t('people.blocked')}</h2>
					<small>{t('people.blocked_how')}</small>
				</div>
			</header>
			<ul>
				{peopleBlocked.value.map(({ address, person }) => (
					<li key={address}>
						<Avatar person={person ?? { name: address, address }} size={44} />
						<div class="grow">
							<b>{person?.name ?? address}</b>
							{person && <small>{address}</small>}
						</div>
						<button
							class="btn sec"
							aria-label={t('blocked.undo', { name: person?.name ?? address })}
							onClick={() => void peopleUnblock(address).catch(() => toast(t('people.fault'), true))}
						>
							{t('people.unblock')}
						</button>
					</li>
				))}
			</ul>
		</section>
	);
}

function Elsewhere() {
	return (
		<section class="card pg addr">
			<AtSign aria-hidden />
			<div>
				<h2>{t('people.elsewhere')}</h2>
				<p>{t('people.elsewhere_how', { org: me.value?.tenant.name ?? '' })}</p>
			</div>
		</section>
	);
}

/** For who has no account anywhere. */
function ByLink() {
	const [open, setOpen] = useState(false);

	return (
		<>
			<section class="card pg addr">
				<Link aria-hidden />
				<div>
					<h2>{t('people.link')}</h2>
					<p>{t('people.link_how')}</p>
					<button class="btn sec" onClick={() => setOpen(true)}>{t('people.link_go')}</button>
				</div>
			</section>
			<ErrorBoundary>{open && <Invite onClose={() => setOpen(false)} />}</ErrorBoundary>
		</>
	);
}

/** The browser's question comes after our own, and only on a tap. */
function Bell() {
	const [askable, setAskable] = useState(alertAskable);

	if (!askable)
		return null;
	return (
		<section class="card pg addr">
			<BellRing aria-hidden />
			<div>
				<h2>{t('people.bell')}</h2>
				<p>{t('people.bell_how')}</p>
				<button class="btn sec" onClick={() => void alertAsk().then(() => setAskable(alertAskable()))}>{t('people.bell_go')}</button>
			</div>
		</section>
	);
}
