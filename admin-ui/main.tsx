import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { Console } from './console.tsx';

/** The nonce of this answer, which the server wrote into the page: only style elements that carry it are honoured. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
const styles = createCache({ key: 'cs', nonce });

const root = document.getElementById('console');
if (!root) throw new Error('index.html has no element with the id console');
createRoot(root).render(
  <StrictMode>
    <CacheProvider value={styles}>
      <BrowserRouter basename="/console">
        <Console />
      </BrowserRouter>
    </CacheProvider>
  </StrictMode>,
);
