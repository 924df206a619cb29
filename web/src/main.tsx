import './tokens.css';
import './base.css';
import './parts.css';
import { render } from 'preact';
import { App } from './app';
import { sessionProbe } from './state/session';
import { textLoad } from './text/text';

/* The page is empty until we know who looks at it: both requests run side by side. */
const [catalogue] = await Promise.all([import('./text/en.json'), sessionProbe()]);

textLoad(catalogue.default);
render(<App />, document.getElementById('app')!);
