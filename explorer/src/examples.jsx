// The "Examples" pane of the side bar: a group for each role, of which that of whoever is signed in is open. One tab shows the examples.
import groups from 'examples:all';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { NoDocsNote } from './access.jsx';
import { isNarrow } from './narrow.js';
import { Visitors } from './sign-in.jsx';
import { useSession } from './session.js';

export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Examples };

const KINDS = [['query', 'Queries'], ['mutation', 'Mutations'], ['subscription', 'Subscriptions']];

const welcome = groups.find(({ name }) => name === 'everyone')?.operations[0].text ?? '';

export const WELCOME = `# Welcome to Careergraph.
#
# 1. Sign in (top right).
# 2. Take an example (2nd icon).
# 3. Run it: ▶ or Ctrl-Enter.
#
# Ctrl-Space completes a name.

${welcome}`;

const UNTOUCHED = new Set(['', WELCOME, ...groups.flatMap(({ operations }) => operations.map(({ text }) => text))]);

function Examples() {
  const own = groupOf(useSession());
  const [open, setOpen] = useState(() => new Set([own]));
  useEffect(() => setOpen(new Set([own])), [own]);
  const show = useExampleTab();
  const toggled = (name, isOpen) => (before) => new Set(isOpen ? [...before, name] : [...before].filter((each) => each !== name));
  return (
    <section className="cg-examples" aria-label="Examples">
      <h2>Examples</h2>
      <NoDocsNote />
      <Visitors />
      {groups.map(({ name, title, operations }) => (
        <details key={name} open={open.has(name)} onToggle={({ currentTarget }) => setOpen(toggled(name, currentTarget.open))}>
          <summary>{title[0]} <span>{title[1]}</span></summary>
          {KINDS.map(([kind, heading]) => (
            <Operations key={kind} heading={heading} operations={operations.filter((each) => each.kind === kind)} show={show} />
          ))}
        </details>
      ))}
    </section>
  );
}

function Operations({ heading, operations, show }) {
  if (operations.length === 0) return null;
  return (
    <>
      <h3>{heading}</h3>
      <ul>
        {operations.map(({ title, hint, text }) => (
          <li key={title}>
            <button type="button" disabled={!show} onClick={() => show(text)}>
              <span className="cg-title">{title}</span>
              {hint && <span className="cg-hint">{hint}</span>}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Shows an example in the tab that shows one already, or nothing; what somebody changed or wrote stays where it is. */
function useExampleTab() {
  const { addTab, changeTab, setVisiblePlugin, stop } = useGraphiQLActions();
  const { query, variables, response, tabs, active } = useGraphiQL((state) => ({
    query: state.queryEditor,
    variables: state.variableEditor,
    response: state.responseEditor,
    tabs: state.tabs,
    active: state.activeTabIndex,
  }));
  if (!query) return null;
  return (text) => {
    const shown = tabs.map((tab, index) => (index === active ? query.getValue() : tab.query ?? ''));
    const same = shown.indexOf(text);
    const free = UNTOUCHED.has(shown[active]) ? active : shown.findIndex((each) => UNTOUCHED.has(each));
    const target = same >= 0 ? same : free;
    if (target < 0) addTab();
    else if (target !== active) changeTab(target);
    if (same < 0) {
      stop();
      query.setValue(text);
      query.setScrollTop(0);
      variables?.setValue('');
      response?.setValue('');
    }
    if (isNarrow()) setVisiblePlugin(null); // the pane covers the editor
  };
}

function groupOf({ token, role, roles }) {
  if (!token) return 'everyone';
  const known = [role, ...roles.map((each) => each.toLowerCase()), 'student'];
  return known.find((each) => groups.some(({ name }) => name === each));
}

function Icon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" aria-hidden="true">
      <path d="M5 4h14v16H5zM9 9h6M9 12.5h6M9 16h3.5" />
    </svg>
  );
}
