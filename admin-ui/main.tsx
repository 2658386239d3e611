import createCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { Console } from './console.tsx';
import { styleNonce } from './style-nonce.ts';

const styles = createCache({ key: 'cs', nonce: styleNonce });

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
