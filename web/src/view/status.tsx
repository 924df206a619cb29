/** How one is shown to others, and the menu to choose it. */
import { Check } from 'lucide-preact';
import { toast } from '../state/notice';
import { ownState, preferences, preferencesChange } from '../state/preferences';
import { me } from '../state/session';
import { t } from '../text/text';
import type { Preferences, Status } from '../wire/objects';
import { problemOf } from '../wire/problem';
import { Avatar } from './avatar';
import { Menu } from './menu';

const STATUSES: Status[] = ['available', 'busy', 'away'];
const MARK: Record<Status, string> = { available: 'dot', busy: 'dot busy', away: 'dot away' };

/** The choices alone, for a place that is a menu already. */
export function StatusChoices() {
	const { status, read_receipts } = preferences.value;
	const change = (what: Partial<Preferences>) => void preferencesChange(what).catch((error: unknown) => toast(problemOf(error).title, true));

	return (
		<>
			{STATUSES.map((one) => (
				<button key={one} type="button" class="btn gho choice" aria-pressed={one === status} onClick={() => change({ status: one })}>
					<span class="av"><i class={MARK[one]} /></span>
					{t(`status.${one}`)}
					{one === status && <Check aria-hidden />}
				</button>
			))}
			<button type="button" class="btn gho choice receipts" aria-pressed={read_receipts} onClick={() => change({ read_receipts: !read_receipts })}>
				<span class="box">{read_receipts && <Check aria-hidden />}</span>
				{t('status.receipts')}
			</button>
		</>
	);
}

export function StatusMenu() {
	const own = me.value;
	const state = ownState.value ?? 'offline';

	if (!own)
		return null;
	return (
		<Menu class="own" label={t('status.change', { state: t(`status.${state}`) })} face={<Avatar person={own.person} state={state} />}>
			<StatusChoices />
		</Menu>
	);
}
