import './workers.js';
import 'monaco-graphql/esm/monaco-editor.js'; // GraphiQL loads this on demand; here, so that its style sheet is in the page's
import '@graphiql/react/font/roboto.css';
import '@graphiql/react/font/fira-code.css';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { Account } from './account.jsx';
import { EXAMPLES_PLUGIN, WELCOME } from './examples.jsx';
import { fetcher } from './fetcher.js';
import { DEFAULT_HEADERS } from './headers.js';
import { CopyLink, takeShared } from './share.jsx';

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const shared = takeShared();

createRoot(document.getElementById('explorer')).render(
  <GraphiQL
    defaultEditorToolsVisibility={shared?.variables ? 'variables' : 'headers'}
    defaultHeaders={DEFAULT_HEADERS}
    defaultQuery={WELCOME}
    fetcher={fetcher}
    initialQuery={shared?.query}
    initialVariables={shared?.variables}
    inputValueDeprecation
    plugins={PLUGINS}
    schemaDescription
    visiblePlugin={shared ? undefined : EXAMPLES_PLUGIN}
  >
    <GraphiQL.Logo><Account /></GraphiQL.Logo>
    <GraphiQL.Toolbar>
      {({ prettify, merge, copy }) => (
        <>
          {prettify}
          {merge}
          {copy}
          <CopyLink />
        </>
      )}
    </GraphiQL.Toolbar>
  </GraphiQL>,
);
