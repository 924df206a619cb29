/** The frame of every page but the call: navigation, search, what is running. */
import { LogOut, MessageCircle, Monitor, Moon, Phone, Settings, Sun, Users } from 'lucide-preact';
import { useLocation } from 'preact-iso';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { unread } from '../state/chats';
import { ownState } from '../state/preferences';
import { me, seesCalls, signOut } from '../state/session';
import { theme, themeNext } from '../state/theme';
import { t } from '../text/text';
import { adminPlaces, type Place } from './admin_places';
import { Avatar } from './avatar';
import { Banner } from './banner';
import { Logo } from './logo';
import { Search } from './search';
import { StatusChoices, StatusMenu } from './status';
import { CallStrip } from './strip';
import './nav.css';
import './shell.css';

const PLACES: Place[] = [
	{ href: '/', label: 'nav.people', Icon: Users },
	{ href: '/chats', label: 'nav.chats', Icon: MessageCircle },
	{ href: '/calls', label: 'nav.calls', Icon: Phone },
];
const SETTINGS: Place = { href: '/settings', label: 'settings.title', Icon: Settings };
export function Shell({ children }: { children: ComponentChildren }) {
	const { path } = useLocation();
	const main = useRef<HTMLElement>(null);
	const before = useRef(path);

	useEffect(() => {
		/* A new page takes the focus, so that its heading is read; the first one leaves it to the browser. */
		if (before.current !== path)
			main.current?.focus();
		before.current = path;
	}, [path]);

	return (
		<div class="shell">
			<a class="skiplink" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{t('skip')}</a>
			<SideNav path={path} />
			<div class="main">
				<CallStrip />
				<Banner />
				<header class="top">
					<Search />
					<span class="grow hide-s" />
					<ThemeButton />
					<Account />
				</header>
				<main id="main" class="page" tabIndex={-1} ref={main}>{children}</main>
			</div>
			<nav class="tabbar" aria-label={t('nav.label')}>
				{PLACES.map((place) => <NavLink key={place.href} {...place} path={path} />)}
				{adminPlaces().slice(0, 1).map((place) => <NavLink key={place.href} {...place} label="nav.admin" path={path} of="/admin" />)}
			</nav>
		</div>
	);
}

function SideNav({ path }: { path: string }) {
	const own = me.value;

	return (
		<nav class="nav" aria-label={t('nav.label')}>
			<a class="brand" href="/"><Logo />Farhand</a>
			{PLACES.map((place) => <NavLink key={place.href} {...place} path={path} />)}
			{seesCalls.value && (
				<>
					<h2>{t('nav.admin_of', { org: own?.tenant.name ?? '' })}</h2>
					{adminPlaces().map((place) => <NavLink key={place.href} {...place} path={path} />)}
				</>
			)}
			<NavLink {...SETTINGS} path={path} />
			{own && (
				<div class="me">
					<StatusMenu />
					<div class="grow"><b>{own.person.name}</b><small>{own.person.address}</small></div>
					<button class="btn gho ico" aria-label={t('sign_out')} title={t('sign_out')} onClick={() => void signOut()}><LogOut aria-hidden /></button>
				</div>
			)}
		</nav>
	);
}

function NavLink({ href, label, Icon, path, of = href }: Place & { path: string; of?: string }) {
	const here = of === '/' ? path === '/' : path === of || path.startsWith(`${of}/`);
	const waiting = href === '/chats' ? unread.value : 0;

	return (
		<a class="it" href={href} aria-current={here ? 'page' : undefined}>
			<Icon aria-hidden />
			{t(label)}
			{waiting > 0 && <span class="n num" aria-label={t('nav.unread', { n: waiting })}>{waiting}</span>}
		</a>
	);
}

const THEME_ICON = { system: Monitor, light: Sun, dark: Moon };

function ThemeButton() {
	const Icon = THEME_ICON[theme.value];
	const label = t(`theme.${theme.value}`);

	return <button class="btn gho ico" aria-label={label} title={label} onClick={themeNext}><Icon aria-hidden /></button>;
}

/** On a phone the navigation has no room for who is signed in. */
function Account() {
	const own = me.value;

	if (!own)
		return null;
	return (
		<details class="account">
			<summary aria-label={t('account')}><Avatar person={own.person} size={32} state={ownState.value} /></summary>
			<div class="card">
				<b>{own.person.name}</b>
				<small class="muted">{own.person.address}</small>
				<StatusChoices />
				<a class="btn sec" href="/settings"><Settings aria-hidden />{t('settings.title')}</a>
				<button class="btn sec" onClick={() => void signOut()}><LogOut aria-hidden />{t('sign_out')}</button>
			</div>
		</details>
	);
}
