/**
 * A list of any length, of which only the rows around the window are in the page: they keep their place when others come above
 * them or turn out larger than guessed, the focused one stays wherever one scrolls, and arrows, Home and End reach all.
 */
import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';
import { extentAt, extentsHold, extentsOf, type Held } from '../state/extents';

/** As many rows are shown whole: the browser's own search finds everything in them. */
const WHOLE = 80;
/** Rows that far outside of the window are drawn; half of it is what a scroll may use up before the next are. */
const OVER_PX = 800;
/** Rows that are looked to, so that the view keeps its place. */
const HELD = 3;
/** So near to its end a window counts as being there. */
const END_PX = 24;
const REST_MS = 150;
/** Between two events: measuring what was drawn may ask for more rows, but not without an end. */
const REDRAWS = 8;

export interface LongOptions {
	/** One for each row, in order; each once. */
	keys: string[];
	/** The height of a row that was not measured yet. */
	guess: number;
	/** More rows may come than are known: of their number nothing is said. */
	open?: boolean;
	/** The view stays at the end, as long as it is there. */
	ends?: boolean;
	/** What scrolls, if it is not made by whoever asks. */
	within?: RefObject<HTMLElement>;
	/** Once scrolling rests: the first and last row in sight. */
	onRest?(first: number, last: number): void;
}

export interface RowAttributes {
	'data-row': string;
	'aria-posinset'?: number;
	'aria-setsize'?: number;
	style?: JSX.CSSProperties;
}

export interface LongList {
	scroller: RefObject<HTMLDivElement & HTMLElement>;
	list: RefObject<HTMLUListElement & HTMLOListElement>;
	/** The rows to draw, by place, in order. */
	places: number[];
	/** For the list itself. */
	bind: { style: JSX.CSSProperties; onKeyDown(event: KeyboardEvent): void };
	row(place: number): RowAttributes;
	/** Bring a row into the middle of the view. */
	show(place: number): void;
	/** Go to the end, and stay there. */
	end(): void;
}

interface View {
	/** Where the window stands in the list; negative: what lies above the list is in sight. */
	top: number;
	height: number;
	held: Held[];
	atEnd: boolean;
	/** What the box was scrolled to when this was taken down. */
	scrolled: number;
}

export function useLongList({ keys, guess, open = false, ends = false, within, onRest }: LongOptions): LongList {
	const made = useRef<HTMLDivElement & HTMLElement>(null);
	const scroller = (within as typeof made | undefined) ?? made;
	const list = useRef<HTMLUListElement & HTMLOListElement>(null);
	const measured = useRef(new Map<string, number>());
	const view = useRef<View>({ top: 0, height: 0, held: [], atEnd: ends, scrolled: 0 });
	const spare = useRef(REDRAWS);
	const wanted = useRef<{ key: string; control: number } | null>(null);
	const [, draw] = useReducer((n: number) => n + 1, 0);
	const placeOf = useMemo(() => new Map(keys.map((key, place) => [key, place])), [keys]);
	const whole = keys.length <= WHOLE;
	const last = keys.length - 1;
	let tops = extentsOf(keys, measured.current, guess);
	const top = topNow(view.current, tops, placeOf);
	const from = whole ? 0 : Math.max(0, extentAt(tops, top - OVER_PX));
	const to = whole ? last : extentAt(tops, top + (view.current.height || 1000) + OVER_PX);
	const aside = asidePlace(wanted.current?.key ?? focusedKey(list.current), placeOf, from, to);
	const places = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);

	if (aside >= 0)
		places[aside < from ? 'unshift' : 'push'](aside);

	const settle = () => {
		const box = scroller.current;
		const rows = list.current;

		/* Out of sight nothing has a height. */
		if (!box?.clientHeight || !rows)
			return;
		if (measure(rows, keys, from, to, measured.current))
			tops = extentsOf(keys, measured.current, guess);
		const start = rows.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
		const now = view.current;

		/* Who scrolls away as a row comes is not taken back: the event of it may be on its way only. */
		if (now.atEnd && box.scrollTop < now.scrolled - END_PX && !isAtEnd(box))
			now.atEnd = false;
		if (now.atEnd)
			box.scrollTop = box.scrollHeight;
		else if (now.held.length) {
			const wish = extentsHold(now.held, tops, placeOf, box.scrollTop - start);

			if (wish !== null && Math.abs(wish + start - box.scrollTop) >= 1)
				box.scrollTop = wish + start;
		}
		look(box, start);
	};

	/** Take down what is in sight; draw others when the rows that are there do not cover it. */
	const look = (box: HTMLElement, start: number) => {
		const y = box.scrollTop - start;
		const height = box.clientHeight;
		const first = extentAt(tops, y);
		const held: Held[] = [];

		for (let place = first; (ends || y > 0) && place >= 0 && place <= last && held.length < HELD; place++)
			held.push({ key: keys[place]!, below: y - tops[place]! });
		view.current = { top: y, height, held, atEnd: ends && isAtEnd(box), scrolled: box.scrollTop };
		const covered = extentAt(tops, y - OVER_PX / 2) >= from && extentAt(tops, y + height + OVER_PX / 2) <= to;

		if (!whole && !covered && spare.current-- > 0)
			draw(0);
	};

	const latest = useRef<Latest>(null!);

	latest.current = { settle, look, onRest, at: (y) => extentAt(tops, y), heard: () => void (spare.current = REDRAWS) };
	useLayoutEffect(() => {
		settle();
		if (wanted.current && list.current) {
			const { key, control } = wanted.current;

			wanted.current = null;
			controlsOf(rowWith(list.current, key))[control]?.focus({ preventScroll: true });
		}
	});
	useRested(scroller, list, latest);

	const show = (place: number) => {
		const box = scroller.current;
		const rows = list.current;

		if (!box || !rows || !keys[place])
			return;
		const start = rows.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
		const below = -(box.clientHeight - (tops[place + 1]! - tops[place]!)) / 2;

		view.current = { ...view.current, atEnd: false, held: [{ key: keys[place], below }] };
		box.scrollTop = start + tops[place]! + below;
		draw(0);
	};

	return {
		scroller,
		list,
		places,
		bind: {
			style: { paddingTop: whole ? '' : `${tops[from] ?? 0}px`, paddingBottom: whole ? '' : `${tops[last + 1]! - (tops[to + 1] ?? 0)}px` },
			onKeyDown: (event) => {
				const place = placeOf.get(rowKey(event.target) ?? '');
				const next = place === undefined || typingIn(event) ? -1 : nextPlace(event.key, place, last);

				if (next < 0 || next > last)
					return;
				event.preventDefault();

				const control = Math.max(0, controlsOf(rowOf(event.target)).indexOf(event.target as HTMLElement));
				const there = rowWith(list.current, keys[next]!);

				if (there)
					controlsOf(there)[control]?.focus();
				else {
					wanted.current = { key: keys[next]!, control };
					show(next);
				}
			},
		},
		row: (place) => ({
			'data-row': keys[place]!,
			...(whole ? {} : { 'aria-posinset': place + 1, 'aria-setsize': open ? -1 : keys.length }),
			...(place === aside ? { style: { position: 'absolute', top: `${tops[place]!}px`, left: 0, right: 0 } } : {}),
		}),
		show,
		end: () => {
			view.current = { ...view.current, atEnd: true, held: [] };
			draw(0);
		},
	};
}

function isAtEnd(box: HTMLElement): boolean {
	return box.scrollHeight - box.scrollTop - box.clientHeight <= END_PX;
}

function topNow(view: View, tops: Float64Array, placeOf: ReadonlyMap<string, number>): number {
	if (view.atEnd)
		return tops.at(-1)! - view.height;
	return extentsHold(view.held, tops, placeOf, view.top) ?? view.top;
}

/** The row with the focus is drawn wherever it is, or the focus would be lost. -1: it is among the others, or there is none. */
function asidePlace(key: string | null, placeOf: ReadonlyMap<string, number>, from: number, to: number): number {
	const place = key === null ? undefined : placeOf.get(key);

	return place === undefined || (place >= from && place <= to) ? -1 : place;
}

/** From the top of each row to the top of the next, gaps and margins included; of the last one to its own end. True: one was new. */
function measure(rows: HTMLElement, keys: string[], from: number, to: number, measured: Map<string, number>): boolean {
	const drawn = [...rows.children].filter((row): row is HTMLElement => row instanceof HTMLElement && row.style.position !== 'absolute');
	const edges = drawn.map((row) => row.getBoundingClientRect());
	let fresh = false;

	for (const [i, row] of drawn.entries()) {
		const key = row.dataset['row'];
		const lastOfAll = keys[to] === key && to === keys.length - 1;

		if (!key || keys[from + i] !== key || (i === drawn.length - 1 && !lastOfAll))
			continue;

		const height = (edges[i + 1]?.top ?? edges[i]!.bottom) - edges[i]!.top;

		if (height > 0 && Math.abs((measured.get(key) ?? -1) - height) > 0.5) {
			measured.set(key, height);
			fresh = true;
		}
	}
	return fresh;
}

const rowOf = (target: EventTarget | null): HTMLElement | null => (target instanceof HTMLElement ? target.closest<HTMLElement>('[data-row]') : null);
const rowWith = (rows: HTMLElement | null, key: string): HTMLElement | null => rows?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) ?? null;
const focusedKey = (rows: HTMLElement | null): string | null => (rows?.contains(document.activeElement) ? rowKey(document.activeElement) : null);
const rowKey = (target: EventTarget | null): string | null => rowOf(target)?.dataset['row'] ?? null;
const controlsOf = (row: HTMLElement | null): HTMLElement[] => [...(row?.querySelectorAll<HTMLElement>('a[href], button') ?? [])];
const typingIn = (event: KeyboardEvent): boolean => event.altKey || event.ctrlKey || event.metaKey || (event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=menu]') !== null);

function nextPlace(key: string, place: number, last: number): number {
	switch (key) {
	case 'ArrowDown':
		return place + 1;
	case 'ArrowUp':
		return place - 1;
	case 'Home':
		return 0;
	case 'End':
		return last;
	default:
		return -1;
	}
}

interface Latest {
	settle(): void;
	look(box: HTMLElement, start: number): void;
	onRest: ((first: number, last: number) => void) | undefined;
	/** Something happened: rows may be drawn again. */
	heard(): void;
	/** The row at a height of the list. */
	at(y: number): number;
}

/** Follows scrolling and changes of size; says what is in sight once it rests. */
function useRested(scroller: RefObject<HTMLElement>, list: RefObject<HTMLElement>, latest: RefObject<Latest>): void {
	useEffect(() => {
		const box = scroller.current;
		const rows = list.current;
		let timer: ReturnType<typeof setTimeout> | undefined;

		if (!box || !rows)
			return;

		const startOf = () => rows.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
		const rest = () => {
			const { at, onRest } = latest.current!;
			const y = box.scrollTop - startOf();

			if (box.clientHeight)
				onRest?.(at(y), at(y + box.clientHeight));
		};
		const soon = () => {
			clearTimeout(timer);
			timer = setTimeout(rest, REST_MS);
		};
		const scrolled = () => {
			latest.current!.heard();
			if (box.clientHeight)
				latest.current!.look(box, startOf());
			soon();
		};
		const sizes = new ResizeObserver(() => {
			latest.current!.heard();
			latest.current!.settle();
			soon();
		});

		box.addEventListener('scroll', scrolled, { passive: true });
		sizes.observe(box);
		sizes.observe(rows);
		return () => {
			clearTimeout(timer);
			box.removeEventListener('scroll', scrolled);
			sizes.disconnect();
		};
	}, []);
}
