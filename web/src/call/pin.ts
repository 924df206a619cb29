/** The pin of a step: its tip is at 0,0. */
export const PIN_PATH = 'M0 0C-3-12-23-22-23-44a23 23 0 1 1 46 0C23-22 3-12 0 0Z';
export const PIN_NUMBER_Y = -35;
