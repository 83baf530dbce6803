import './host/uxp-gaps.ts';
import './no-eval.ts';
import './ui/panel.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { startCourier } from './flows/courier.ts';
import { Outbox } from './flows/outbox.ts';
import { premiereHost } from './host/premiere.ts';
import { readEndpoint } from './host/premiere-endpoint.ts';
import { setUpEntries } from './host/premiere-entries.ts';
import { openDaemonLink } from './state/daemon-link.ts';
import { panelDoors } from './state/panel-doors.ts';
import { App } from './ui/app.tsx';

/*
 * The panel's entry. Everything lives as long as the page: Premiere's own events for showing and hiding panels can't be
 * relied on.
 */
const host = premiereHost(localStorage);
const link = openDaemonLink({ name: 'panel', givesUp: false, ...panelDoors(readEndpoint, localStorage) });
const courier = startCourier({ daemon: link, host, outbox: new Outbox(localStorage) });

// UXP tells when the computer has woken up; the connection may be dead without knowing.
for (const event of ['awake', 'focus']) window.addEventListener(event, link.retry);

setUpEntries({
  show(element) {
    createRoot(element).render(
      <StrictMode>
        <App link={link} host={host} courier={courier} />
      </StrictMode>,
    );
  },
  command: (name) => window.dispatchEvent(new CustomEvent('uprez', { detail: name })),
});
