import './no-eval.ts';
import './ui/panel.css';
import './ui/style/wide.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { noHost } from './host/none.ts';
import { openDaemonLink } from './state/daemon-link.ts';
import { App } from './ui/app.tsx';
import { DashboardView } from './ui/wide/dashboard-view.tsx';

/** The browser's entry: the same views as the panel without a host, and those that a panel is too narrow for. */
const link = openDaemonLink({
  name: 'dashboard',
  doors: () => Promise.resolve([{ port: Number(location.port), credentials: { kind: 'cookie' } }]),
  // Its cookie came with a link that works once: only another link helps.
  givesUp: true,
  remember: () => {},
});

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App link={link} host={noHost} courier={null}>
        {(state) => <DashboardView state={state} />}
      </App>
    </StrictMode>,
  );
