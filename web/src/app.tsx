/** Signed in, signed out, or no server. */
import { ErrorBoundary, lazy, LocationProvider, useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { me, phase, sessionProbe } from './state/session';
import { t } from './text/text';
import { Toasts } from './view/toasts';
import { pageTitle, useCountdown } from './view/page';

const SignIn = lazy(() => import('./page/signin/signin'));
const Password = lazy(() => import('./page/password/password'));
const Forgotten = lazy(() => import('./page/forgotten/forgotten'));
const ShowCode = lazy(() => import('./page/device/show'));
const Join = lazy(() => import('./page/join/join'));
const Due = lazy(() => import('./page/due/due'));
const Inside = lazy(() => import('./inside'));

export function App() {
	const title = pageTitle.value;

	useEffect(() => void (document.title = title ? t('title', { page: title }) : 'Farhand'), [title]);
	return (
		<LocationProvider>
			<ErrorBoundary><Content /></ErrorBoundary>
			<Toasts />
		</LocationProvider>
	);
}

function Content() {
	const { path } = useLocation();

	/* A link is for whoever holds it, signed in here or not. */
	if (path === '/password')
		return <Password />;
	if (path === '/forgotten')
		return <Forgotten />;
	/* Whoever came by a link has no other page. */
	if (path === '/join' || me.value?.joined)
		return <Join />;
	switch (phase.value) {
	case 'unknown':
		return null;
	case 'unreachable':
		return <NoServer />;
	case 'out':
		return path === '/signin/code' ? <ShowCode /> : <SignIn />;
	case 'due':
		return <Due />;
	case 'in':
		return <Inside />;
	}
}

const RETRY_MS = 8000;

function NoServer() {
	const [next, setNext] = useState(() => Date.now() + RETRY_MS);
	const seconds = useCountdown(next);

	useEffect(() => {
		const timer = setTimeout(() => {
			setNext(Date.now() + RETRY_MS);
			void sessionProbe();
		}, next - Date.now());

		return () => clearTimeout(timer);
	}, [next]);
	return (
		<main class="alone">
			<h1>{t('no_server.title')}</h1>
			<p class="num" role="status">{t('banner.down', { n: seconds })}</p>
			<button class="btn pri" onClick={() => void sessionProbe()}>{t('banner.now')}</button>
		</main>
	);
}
