/** What is one's own: who one is here, the password, where one is signed in, how it looks. */
import { isOwner, me } from '../../state/session';
import { theme, themeSet, type Theme } from '../../state/theme';
import { t } from '../../text/text';
import { Avatar } from '../../view/avatar';
import { usePage } from '../../view/page';
import { FactorSection } from './factor';
import { Links } from './links';
import { PasswordForm } from './password_form';
import { Sessions } from './sessions';
import './settings.css';

export default function SettingsPage() {
	usePage(t('settings.title'));
	return (
		<div class="settings">
			<h1>{t('settings.title')}</h1>
			<Profile />
			<PasswordForm />
			<FactorSection />
			<Sessions />
			<Appearance />
			{isOwner.value && <Links />}
		</div>
	);
}

function Profile() {
	const own = me.value;

	if (!own)
		return null;
	return (
		<section class="card" aria-labelledby="profile">
			<h2 id="profile">{t('settings.profile')}</h2>
			<div class="row">
				<Avatar person={own.person} />
				<div class="grow">
					<b>{own.person.name}</b>
					<p class="muted sm">{[own.person.title, own.tenant.name].filter(Boolean).join(' · ')}</p>
					<p class="muted sm own">{own.person.address}</p>
				</div>
			</div>
			<p class="muted sm">{t('settings.profile_note', { org: own.tenant.name })}</p>
		</section>
	);
}

const THEMES: Theme[] = ['system', 'light', 'dark'];

function Appearance() {
	return (
		<section class="card" aria-labelledby="appearance">
			<h2 id="appearance">{t('settings.appearance')}</h2>
			<div class="choices" role="radiogroup" aria-labelledby="appearance">
				{THEMES.map((one) => (
					<label key={one}>
						<input type="radio" name="theme" checked={theme.value === one} onChange={() => themeSet(one)} />
						{t(`settings.theme_${one}`)}
					</label>
				))}
			</div>
		</section>
	);
}
