/** Whose link it is, and who comes. */
import { t } from '../../text/text';
import { Logo } from '../../view/logo';
import type { Host } from '../../wire/joins';

const NAME_CHARS = 64;

interface Props {
	host: Host;
	name: string;
	trouble: string;
	onName(name: string): void;
	onNext(): void;
}

export function Ask({ host, name, trouble, onName, onNext }: Props) {
	return (
		<main class="joinp" id="main">
			<div class="brand"><Logo />Farhand</div>
			<form onSubmit={(event) => { event.preventDefault(); if (name.trim()) onNext(); }}>
				<div>
					<h1>{t('join.with', { name: host.name })}</h1>
					<p class="muted">{host.title ? t('join.of', { title: host.title, org: host.tenant.name }) : host.tenant.name}</p>
					{!host.verified && <p class="said">{t('join.unverified', { org: host.tenant.name })}</p>}
				</div>
				<label>
					<span>{t('join.name')}</span>
					<input class="input" type="text" autocomplete="name" required autofocus maxLength={NAME_CHARS} value={name}
						aria-describedby="name-hint" onInput={(event) => onName(event.currentTarget.value)} />
				</label>
				<p class="muted sm" id="name-hint">{t('join.name_hint', { name: host.name })}</p>
				<p class="said" role="alert">{trouble}</p>
				<button class="btn pri" type="submit">{t('join.next')}</button>
			</form>
		</main>
	);
}
