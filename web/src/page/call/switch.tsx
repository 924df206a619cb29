/** Go on with a call that is on hold; the one that runs waits instead. */
import { useLocation } from 'preact-iso';
import { callSwitch } from '../../call/running';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { problemOf } from '../../wire/problem';

export function SwitchButton({ call }: { call: Call }) {
	const { route } = useLocation();
	const go = () => {
		void callSwitch(call).catch((error: unknown) => toast(problemOf(error).title, true));
		route(`/call/${encodeURIComponent(call.id)}`);
	};

	return <button class="fb go" onClick={go}>{t('call.switch', { name: call.with.name })}</button>;
}
