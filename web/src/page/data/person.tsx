/** One person: what is kept about him as a file, and his erasure, after what that means was read. */
import { Download, Eraser } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { announce, toast } from '../../state/notice';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { Dialog } from '../../view/dialog';
import { Refusal } from '../../wire/problem';
import { personErase, personFile } from '../../wire/person';

const KNOWN: Record<string, 'person.nobody' | 'person.last_owner' | 'person.service'> = {
	not_found: 'person.nobody', 'role.last_owner': 'person.last_owner', 'request.field': 'person.service',
};

const troubleText = (error: unknown): string => t((error instanceof Refusal && KNOWN[error.problem.reason]) || 'keep.fault');

function save(file: Blob): void {
	const link = document.createElement('a');

	link.href = URL.createObjectURL(file);
	link.download = 'person.json';
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

export function Person() {
	const tenant = me.value?.tenant.id ?? '';
	const [address, setAddress] = useState('');
	const [erasing, setErasing] = useState(false);
	const [trouble, setTrouble] = useState('');
	const [busy, setBusy] = useState(false);
	const who = address.trim();

	const doing = async (act: () => Promise<void>) => {
		setBusy(true);
		setTrouble('');
		try {
			await act();
		} catch (error) {
			setTrouble(troubleText(error));
		}
		setBusy(false);
	};
	const download = (event: Event) => {
		event.preventDefault();
		if (who && !busy)
			void doing(async () => (save(await personFile(tenant, who)), announce(t('person.saved'))));
	};
	const erase = () => {
		setErasing(false);
		void doing(async () => {
			await personErase(tenant, who);
			setAddress('');
			toast(t('person.erased', { who }));
		});
	};

	return (
		<section class="card data" aria-labelledby="person">
			<h2 id="person">{t('person.title')}</h2>
			<p>{t('person.lead')}</p>
			<form onSubmit={download}>
				<label>
					<span>{t('person.address')}</span>
					<input class="input" type="email" autocomplete="off" spellcheck={false} value={address} aria-describedby="person-said" onInput={(event) => (setAddress(event.currentTarget.value), setTrouble(''))} />
				</label>
				<p id="person-said" class="said" role="alert">{trouble}</p>
				<div class="acts">
					<button class="btn sec" disabled={!who || busy}><Download aria-hidden />{t('person.download')}</button>
					<button class="btn sec" type="button" disabled={!who || busy} onClick={() => setErasing(true)}><Eraser aria-hidden />{t('person.erase_ask')}</button>
				</div>
			</form>
			{erasing && (
				<Dialog label={t('person.erase_title')} class="ask" onClose={() => setErasing(false)}>
					<h2>{t('person.erase_title')}</h2>
					<p><b>{who}</b></p>
					<p>{t('person.erase_now')}</p>
					<p>{t('person.erase_then')}</p>
					<p>{t('person.erase_stays')}</p>
					<div class="acts">
						<button class="btn gho" onClick={() => setErasing(false)}>{t('cancel')}</button>
						<button class="btn dan" onClick={erase}><Eraser aria-hidden />{t('person.erase')}</button>
					</div>
				</Dialog>
			)}
		</section>
	);
}
