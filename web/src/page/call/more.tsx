/** What one needs now and then in a call: hold, and other devices. */
import { Pause, Play } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { choiceKeep, choiceRecall, devicesList } from '../../call/devices';
import { callHangUp, callHold, devicesSwitch, microphone } from '../../call/running';
import { calls } from '../../state/calls';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { problemOf } from '../../wire/problem';
import { Dialog } from '../../view/dialog';
import './more.css';
import { Level } from './level';
import { Select } from './select';
import { SwitchButton } from './switch';

/** Over the picture while one has the call on hold. */
export function Held({ call }: { call: Call }) {
	const resume = () => void callHold(call.id, false).catch((error: unknown) => toast(problemOf(error).title, true));

	return (
		<div class="holding" role="status">
			<Pause aria-hidden />
			<b>{t('call.held')}</b>
			<p>{t('call.held_how')}</p>
			<button class="btn pri" onClick={resume}><Play aria-hidden />{t('call.resume')}</button>
			<button class="btn gho" onClick={() => void callHangUp()}>{t('call.leave')}</button>
		</div>
	);
}

/** What waits on hold beside this call. */
export function Beside() {
	return (
		<ul class="beside">
			{calls.value.beside.filter((one) => one.held).map((one) => (
				<li key={one.id}><Pause aria-hidden />{t('call.waits', { name: one.with.name })}<SwitchButton call={one} /></li>
			))}
		</ul>
	);
}

export function MoreDialog({ call, onClose }: { call: Call; onClose(): void }) {
	const [devices, setDevices] = useState<Awaited<ReturnType<typeof devicesList>>>({ cameras: [], microphones: [], speakers: [] });
	const [choice, setChoice] = useState(choiceRecall);
	const [sound, setSound] = useState(microphone);
	const pick = (change: Partial<typeof choice>) => {
		choiceKeep({ ...choice, ...change });
		setChoice({ ...choice, ...change });
		void devicesSwitch().then(() => setSound(microphone()));
	};
	const hold = () => void callHold(call.id, true).then(onClose, (error: unknown) => toast(problemOf(error).title, true));

	useEffect(() => void devicesList().then(setDevices), []);
	return (
		<Dialog label={t('call.more')} class="ask more" onClose={onClose}>
			<h2>{t('call.more')}</h2>
			<Select label={t('ready.microphone')} devices={devices.microphones} value={choice.microphone} onPick={(id) => pick({ microphone: id })} />
			{sound && <Level track={sound} />}
			<Select label={t('ready.speaker')} devices={devices.speakers} value={choice.speaker} onPick={(speaker) => pick({ speaker })} />
			{call.video && <Select label={t('ready.camera')} devices={devices.cameras} value={choice.camera} onPick={(camera) => pick({ camera })} />}
			<div class="acts">
				<button class="btn sec" onClick={hold}><Pause aria-hidden />{t('call.hold')}</button>
				<button class="btn pri" onClick={onClose}>{t('call.done')}</button>
			</div>
		</Dialog>
	);
}
