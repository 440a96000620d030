import './workers.js';
import 'monaco-graphql/esm/monaco-editor.js'; // GraphiQL loads this on demand; here, so that its style sheet is in the page's
import '@graphiql/react/font/roboto.css';
import '@graphiql/react/font/fira-code.css';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './sign-in.css';
import './explorer.css';
import { DOC_EXPLORER_PLUGIN } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { NO_DOCS_PLUGIN, SignInPage, useAccess } from './access.jsx';
import { Account } from './account.jsx';
import { EXAMPLES_PLUGIN, WELCOME } from './examples.jsx';
import { fetcher } from './fetcher.js';
import { DEFAULT_HEADERS } from './headers.js';
import { isNarrow } from './narrow.js';
import { CopyLink, takeShared } from './share.jsx';

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const shared = takeShared();

createRoot(document.getElementById('explorer')).render(<App />);

function App() {
  const [access, skip] = useAccess();
  if (access === 'signed-out') return <SignInPage onSkip={skip} />;
  if (access === 'asking') return <p className="cg-loading" role="status">Loading the explorer…</p>;
  const isHidden = access === 'no-schema';
  return (
    <GraphiQL
      key={access}
      defaultEditorToolsVisibility={shared?.variables ? 'variables' : 'headers'}
      defaultHeaders={DEFAULT_HEADERS}
      defaultQuery={WELCOME}
      fetcher={fetcher}
      initialQuery={shared?.query}
      initialVariables={shared?.variables}
      inputValueDeprecation
      plugins={PLUGINS}
      referencePlugin={isHidden ? NO_DOCS_PLUGIN : DOC_EXPLORER_PLUGIN}
      schema={isHidden ? null : undefined}
      schemaDescription
      visiblePlugin={firstPane(isHidden)}
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
    </GraphiQL>
  );
}

function firstPane(isHidden) {
  if (isHidden) return NO_DOCS_PLUGIN; // which says why there is no documentation
  return shared || isNarrow() ? undefined : EXAMPLES_PLUGIN;
}
