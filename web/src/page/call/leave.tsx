/** Leaving by a key asks first. */
import { callHangUp } from '../../call/running';
import { t } from '../../text/text';
import { Dialog } from '../../view/dialog';

export function LeaveDialog({ onClose }: { onClose(): void }) {
	return (
		<Dialog label={t('leave.title')} class="ask" onClose={onClose}>
			<h2>{t('leave.title')}</h2>
			<div class="acts">
				<button class="btn sec" onClick={onClose}>{t('leave.stay')}</button>
				<button class="btn dan" onClick={() => void callHangUp()}>{t('call.leave')}</button>
			</div>
		</Dialog>
	);
}
