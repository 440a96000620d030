// The field for a class: what is typed is looked for by the graph. The editable combobox of the ARIA Authoring Practices Guide.
import { useEffect, useId, useRef, useState } from 'react';
import { t } from '../language.js';
import { ask, CLASSES, OFFERED } from './queries.js';

const PAUSE = 150; // milliseconds without a key, after which the graph is asked

/** `className`: the class that is chosen, '' for all. */
export function ClassSearch({ className, onChoose }) {
  const id = useId();
  const field = useRef(null);
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState(null); // null before the first key, when the field still says what is chosen
  const [active, setActive] = useState(-1);
  const [isHurried, setHurried] = useState(false); // whoever typed and pressed Enter before there was an answer
  const search = (typed ?? '').trim();
  const { names, hasMore, problem, isCurrent } = useFound(isOpen, search);
  const options = names && [...(search === '' ? [''] : []), ...names];
  const chosen = className || t('classes.all');

  function show(text) {
    setOpen(true);
    setTyped(text);
    setActive(-1);
    setHurried(false);
    if (text === null) field.current.select(); // what is typed takes the place of what is chosen
  }
  function close() {
    setOpen(false);
    setTyped(null);
    setHurried(false);
  }
  function choose(name) {
    close();
    onChoose(name);
  }
  function press(event) {
    const count = options?.length ?? 0;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (!isOpen) show(null);
      else if (count) setActive(event.key === 'ArrowDown' ? (active + 1) % count : (active <= 0 ? count : active) - 1);
    } else if (event.key === 'Enter') {
      if (active >= 0 && active < count) choose(options[active]);
      else if (search !== '') setHurried(true);
    } else if (event.key === 'Escape' && isOpen) close();
    else return;
    event.preventDefault();
  }
  useEffect(() => {
    if (isHurried && isCurrent && names?.length) choose(names[0]); // the one that fits best
  }, [isHurried, isCurrent, names]);
  useEffect(() => {
    document.getElementById(`${id}${active}`)?.scrollIntoView({ block: 'nearest' }); // which answers a promise in newer browsers
  }, [id, active]);

  return (
    <div className="in-search">
      <label htmlFor={`${id}class`}>{t('column.className')}</label>
      <input
        id={`${id}class`}
        ref={field}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={`${id}list`}
        aria-activedescendant={active >= 0 ? `${id}${active}` : undefined}
        autoComplete="off"
        spellCheck="false"
        value={typed ?? chosen}
        onChange={({ target }) => show(target.value)}
        onClick={() => !isOpen && show(null)}
        onBlur={close}
        onKeyDown={press}
      />
      <div className="in-offers" hidden={!isOpen}>
        <ul id={`${id}list`} role="listbox" aria-label={t('search.classes')}>
          {options?.map((name, position) => (
            <li
              key={name}
              id={`${id}${position}`}
              role="option"
              aria-selected={name === className}
              className={position === active ? 'is-active' : undefined}
              onPointerDown={(event) => event.preventDefault()} // the field keeps the focus
              onClick={() => choose(name)}
            >
              {name || t('classes.all')}
            </li>
          ))}
        </ul>
        <p role="status">{isOpen && names && (names.length === 0 ? t('search.none') : t(hasMore ? 'search.more' : 'search.found', { count: names.length }))}</p>
        {problem && <p className="cg-problem" role="alert">{problem}</p>}
      </div>
    </div>
  );
}

/** The classes that hold a text; what was found before stays until there is an answer. */
function useFound(isWanted, search) {
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!isWanted) {
      setFound({});
      return undefined;
    }
    let isCurrent = true;
    const keep = (result) => isCurrent && setFound({ search, ...result });
    const wait = setTimeout(() => {
      ask(CLASSES, { search }).then(
        ({ classNames }) => keep({ names: classNames.slice(0, OFFERED), hasMore: classNames.length > OFFERED }),
        ({ message }) => keep({ problem: message }),
      );
    }, search === '' ? 0 : PAUSE);
    return () => {
      isCurrent = false;
      clearTimeout(wait);
    };
  }, [isWanted, search]);
  return { ...found, isCurrent: found.search === search };
}
