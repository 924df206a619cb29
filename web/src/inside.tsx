/** Everything behind the sign-in: the stores and the line, the frame, the pages. A visitor who is signed out loads none of it. */
import { ErrorBoundary, lazy, Route, Router, useLocation } from 'preact-iso';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { callIncoming, callsStart } from './state/calls';
import { chatsStart } from './state/chats';
import { lineFollowSession } from './state/line';
import { draftsStart } from './state/draft';
import { peopleStart } from './state/people';
import { preferencesStart } from './state/preferences';
import { presenceStart } from './state/presence';
import { isAdmin, isOwner, seesCalls } from './state/session';
import { threadsStart } from './state/threads';
import { typingStart } from './state/typing';
import { doorHeld, visitors, visitorsStart } from './state/visitors';
import { Shell } from './view/shell';

const People = lazy(() => import('./page/people/people'));
const Chats = lazy(() => import('./page/chats/chats'));
const Calls = lazy(() => import('./page/calls/calls'));
const CallPage = lazy(() => import('./page/call/call'));
const External = lazy(() => import('./page/external/external'));
const Report = lazy(() => import('./page/report/report'));
const Data = lazy(() => import('./page/data/data'));
const Rule = lazy(() => import('./page/rule/rule'));
const Settings = lazy(() => import('./page/settings/settings'));
const AllowDevice = lazy(() => import('./page/device/allow'));
const Missing = lazy(() => import('./page/missing/missing'));
const Door = lazy(() => import('./page/door/door'));
const Incoming = lazy(() => import('./view/incoming'));

/* The stores listen before the line opens, so that its first snapshot reaches all of them. */
chatsStart();
threadsStart();
presenceStart();
preferencesStart();
draftsStart();
typingStart();
callsStart();
peopleStart();
visitorsStart();
lineFollowSession();

function inShell<P extends object>(Page: ComponentType<P>) {
	return (props: P) => <Shell><Page {...props} /></Shell>;
}

const PeoplePage = inShell(People);
const ChatsPage = inShell(Chats);
const SettingsPage = inShell(Settings);
const CallsPage = inShell(Calls);
const DevicePage = inShell(AllowDevice);
const MissingPage = inShell(Missing);
const AdminPage = inShell(() => (isAdmin.value ? <External /> : <Missing />));
const ReportPage = inShell(() => (seesCalls.value ? <Report /> : <Missing />));
const DataPage = inShell(() => (isOwner.value ? <Data /> : <Missing />));
const RulePage = inShell(() => (isOwner.value ? <Rule /> : <Missing />));

export default function Inside() {
	const { path, route } = useLocation();
	const incoming = callIncoming.value;

	useEffect(() => {
		/* Whoever came to sign in goes to People; other addresses are kept over the sign-in. */
		if (path.startsWith('/signin'))
			route('/', true);
	}, [path]);
	return (
		<>
			<Router>
				<Route path="/" component={PeoplePage} />
				<Route path="/signin" component={PeoplePage} />
				<Route path="/chats" component={ChatsPage} />
				<Route path="/chats/:id" component={ChatsPage} />
				<Route path="/device" component={DevicePage} />
				<Route path="/signin/code" component={PeoplePage} />
				<Route path="/calls" component={CallsPage} />
				<Route path="/calls/:id" component={CallsPage} />
				<Route path="/call/:id" component={CallPage} />
				<Route path="/settings" component={SettingsPage} />
				<Route path="/admin/external" component={AdminPage} />
				<Route path="/admin/calls" component={ReportPage} />
				<Route path="/admin/data" component={DataPage} />
				<Route path="/admin/sign-in" component={RulePage} />
				<Route default component={MissingPage} />
			</Router>
			<ErrorBoundary>{visitors.value.length > 0 && !doorHeld.value && <Door />}</ErrorBoundary>
			<ErrorBoundary>{incoming && <Incoming key={incoming.id} call={incoming} />}</ErrorBoundary>
		</>
	);
}
