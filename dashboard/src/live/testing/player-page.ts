/** The player alone on a page, for tests in a browser: `?recorder=` says of whom. */
import { createApp, h } from 'vue';
import LivePlayer from '../../components/live/LivePlayer.vue';
import { i18n } from '../../i18n.ts';
import { checkSession } from '../../session/session-state.ts';
import '../../styles/tokens.css';
import '../../styles/base.css';
import '../../styles/controls.css';

await checkSession();
const recorderId = new URLSearchParams(location.search).get('recorder') ?? '';
createApp({ render: () => h(LivePlayer, { recorderId }) })
  .use(i18n)
  .mount('#app');
