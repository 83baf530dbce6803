import './no-eval.ts';
import './ui/dashboard.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { openDaemonLink } from './state/daemon-link.ts';
import { App } from './ui/app.tsx';

/** The browser's entry: the same views as the panel, without a host. */
const link = openDaemonLink({ port: Number(location.port), credentials: { kind: 'cookie' }, name: 'dashboard' });

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <App link={link} />
    </StrictMode>,
  );
