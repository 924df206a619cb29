/** Where the administration of one's organisation is, as far as one's roles go. */
import { ClipboardList, Database, Globe, KeyRound, type LucideIcon } from 'lucide-preact';
import { isAdmin, isOwner, seesCalls } from '../state/session';
import type { TextKey } from '../text/text';

export interface Place {
	href: string;
	label: TextKey;
	Icon: LucideIcon;
}

const EXTERNAL: Place = { href: '/admin/external', label: 'nav.external', Icon: Globe };
const REPORT: Place = { href: '/admin/calls', label: 'all_calls.title', Icon: ClipboardList };
const DATA: Place = { href: '/admin/data', label: 'data.title', Icon: Database };
const RULE: Place = { href: '/admin/sign-in', label: 'rule.title', Icon: KeyRound };

export const adminPlaces = (): Place[] => [...(isAdmin.value ? [EXTERNAL] : []), ...(seesCalls.value ? [REPORT] : []), ...(isOwner.value ? [DATA, RULE] : [])];
