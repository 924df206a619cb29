/** Put a domain on the list in force. */
import { useState } from 'preact/hooks';
import { accessWith, domainWish } from '../../state/access';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { Dialog } from '../../view/dialog';
import { draft, draftChange } from './draft';

export function AddDomain({ list, onClose }: { list: 'allow' | 'block'; onClose(): void }) {
	const [domain, setDomain] = useState('');
	const [tried, setTried] = useState(false);
	const access = draft.value;
	const wish = domain.trim().toLowerCase().replace(/^@/, '');
	const wrong = access && domainWish(access, list, wish, me.value?.tenant.domains ?? []);

	const add = (event: Event) => {
		event.preventDefault();
		setTried(true);
		if (!access || wrong)
			return;
		draftChange(accessWith(access, list, wish));
		onClose();
	};

	return (
		<Dialog label={t(`external.add_${list}`)} class="ask" onClose={onClose}>
			<form onSubmit={add}>
				<h2>{t(`external.add_${list}`)}</h2>
				<label>
					<span>{t('add.domain')}</span>
					<input class="input" autofocus autocomplete="off" spellcheck={false} placeholder="delmar.example" value={domain} aria-describedby="add-said" onInput={(event) => setDomain(event.currentTarget.value)} />
				</label>
				<p id="add-said" class={tried && wrong ? 'said bad' : 'said'} role="status">{tried && wrong ? t(`add.${wrong}`) : t('add.hint')}</p>
				<div class="acts">
					<button class="btn gho" type="button" onClick={onClose}>{t('cancel')}</button>
					<button class="btn pri" type="submit">{t('add.go')}</button>
				</div>
			</form>
		</Dialog>
	);
}
