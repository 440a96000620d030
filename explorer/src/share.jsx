// Links that open a query: /graphql?q=…&variables=…. The name is q, because ?query= is the API's own and would execute it.
import { ToolbarButton, useGraphiQL } from '@graphiql/react';
import { useEffect, useState } from 'react';

/** What the address asks to open, if anything. The address is then cleared, so that a reload shows the tabs as they were left. */
export function takeShared() {
  const { searchParams, pathname } = new URL(window.location.href);
  const query = searchParams.get('q');
  if (query === null) return null;
  window.history.replaceState(null, '', pathname);
  return { query, variables: searchParams.get('variables') ?? '' };
}

export function CopyLink() {
  const { queryEditor, variableEditor } = useGraphiQL(({ queryEditor, variableEditor }) => ({ queryEditor, variableEditor }));
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy() {
    const link = new URL(window.location.pathname, window.location.href);
    link.searchParams.set('q', queryEditor?.getValue() ?? '');
    const variables = variableEditor?.getValue().trim();
    if (variables) link.searchParams.set('variables', variables);
    try {
      await navigator.clipboard.writeText(link.href);
    } catch {
      window.history.replaceState(null, '', link); // no clipboard without https or permission: then it is in the address bar
    }
    setCopied(true);
  }

  return (
    <ToolbarButton label={copied ? 'Link copied' : 'Copy a link to this query'} onClick={copy}>
      <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
        {copied ? <path d="m5 13 4.5 4.5L19 7" /> : <path d="M10 14a4 4 0 0 0 5.7 0l3.5-3.5a4 4 0 0 0-5.7-5.7L12.3 6M14 10a4 4 0 0 0-5.7 0l-3.5 3.5a4 4 0 0 0 5.7 5.7L11.7 18" />}
      </svg>
    </ToolbarButton>
  );
}
