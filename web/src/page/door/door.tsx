/** Somebody waits at the door with a link: the host lets them in, or does not, whatever page is open. */
import { DoorOpen } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { alertShow } from '../../call/alert';
import { announce, toast } from '../../state/notice';
import { reasonSentence } from '../../state/gate';
import { me } from '../../state/session';
import { visitors } from '../../state/visitors';
import { t } from '../../text/text';
import { Lookalike } from '../../view/lookalike';
import { partiesOf } from '../../view/person';
import { visitorAnswer } from '../../wire/joins';
import type { Visitor } from '../../wire/objects';
import { problemOf } from '../../wire/problem';
import './door.css';

export default function Door() {
	return (
		<aside class="door" aria-label={t('door.label')}>
			{visitors.value.map((visitor) => <AtDoor key={visitor.id} visitor={visitor} />)}
		</aside>
	);
}

function AtDoor({ visitor }: { visitor: Visitor }) {
	const [busy, setBusy] = useState(false);
	const answer = async (admit: boolean) => {
		setBusy(true);
		try {
			await visitorAnswer(visitor, admit);
		} catch (error) {
			const told = problemOf(error);

			toast(reasonSentence(told.reason, told.answer, partiesOf(null, visitor.name, me.peek()?.tenant.id ?? null), told.title), true);
		}
		setBusy(false);
	};

	useEffect(() => {
		announce(t('door.who', { name: visitor.name }));
		return alertShow(t('door.who', { name: visitor.name }), t('door.unverified'), visitor.id);
	}, []);
	return (
		<section class="card">
			<DoorOpen aria-hidden />
			<div class="grow">
				<b>{t('door.who', { name: visitor.name })}</b> <Lookalike person={visitor} />
				<small>{t('door.unverified')}</small>
			</div>
			<div class="row">
				<button class="btn sec" disabled={busy} aria-label={t('door.refuse_one', { name: visitor.name })} onClick={() => void answer(false)}>{t('door.refuse')}</button>
				<button class="btn pri" disabled={busy} aria-label={t('door.admit_one', { name: visitor.name })} onClick={() => void answer(true)}>{t('door.admit')}</button>
			</div>
		</section>
	);
}
