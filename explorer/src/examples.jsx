// The "Examples" pane of the side bar: what the graph can do, one group a domain; each opens in a tab of its own.
import groups from 'examples:all';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Examples };

const welcome = groups.find(({ name }) => name === 'reference')?.operations[0].text ?? '';

export const WELCOME = `# Welcome to Careergraph.
#
# 1. Sign in (top right).
# 2. Choose an example (left).
# 3. Run it: ▶ or Ctrl-Enter.
#
# Ctrl-Space completes a name.

${welcome}`;

function Examples() {
  const { addTab, changeTab } = useGraphiQLActions();
  const { editor, tabs } = useGraphiQL(({ queryEditor, tabs }) => ({ editor: queryEditor, tabs }));

  function open(text) {
    const index = tabs.findIndex(({ query }) => query === text);
    if (index >= 0) return changeTab(index);
    addTab();
    editor.setValue(text);
    editor.setScrollTop(0);
  }

  return (
    <section className="cg-examples" aria-label="Examples">
      <h2>Examples</h2>
      {groups.map(({ name, title, operations }) => (
        <section key={name} aria-labelledby={`cg-${name}`}>
          <h3 id={`cg-${name}`}>{title}</h3>
          <ul>
            {operations.map((operation) => (
              <li key={operation.title}>
                <button type="button" disabled={!editor} onClick={() => open(operation.text)}>
                  <span className="cg-title">{operation.title}</span>
                  {operation.kind !== 'query' && <span className={`cg-kind cg-${operation.kind}`}>{operation.kind}</span>}
                  {operation.hint && <span className="cg-hint">{operation.hint}</span>}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
      <path d="M5 4h14v16H5zM9 9h6M9 12.5h6M9 16h3.5" />
    </svg>
  );
}
