import { render } from 'preact';
import { start } from './session';
import { applySettings } from './settings';
import { Page } from './views/Page';

applySettings();
start();
render(<Page />, document.getElementById('page')!);
