import { X } from 'lucide-preact';
import { announced, toastClose, toasts } from '../state/notice';
import { t } from '../text/text';

/** Toasts, and the live region. Both must be in the page before they speak. */
export function Toasts() {
	return (
		<>
			<div class="toasts" role="status" aria-live="polite">
				{toasts.value.map((one) => (
					<div key={one.id} class={one.bad ? 'toast bad' : 'toast'}>
						<span>{one.text}</span>
						<button class="btn gho ico" aria-label={t('close')} onClick={() => toastClose(one.id)}>
							<X aria-hidden />
						</button>
					</div>
				))}
			</div>
			<div class="vh" role="status" aria-live="polite">{announced.value}</div>
		</>
	);
}
