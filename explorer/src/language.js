// The language of a page: what its reader chose here, or else in the graph, or else in the browser; and the texts of the page in it.
import { useEffect, useSyncExternalStore } from 'react';
import { keep, session, whenSessionChanges } from './session.js';
import en from './texts/en.json';

const KEY = 'careergraph:language';
/** For each language its tag (BCP 47), its name in itself, and what the graph calls it. */
export const LANGUAGES = {
  en: { tag: 'en', title: 'English', inGraph: 'ENGLISH' },
  zh: { tag: 'zh-Hans', title: '中文', inGraph: 'CHINESE' },
};

const catalogues = { en };
const listeners = new Set();
let chosen = stored();

window.addEventListener('storage', ({ key }) => {
  if (key === KEY || key === null) announce(stored());
});

/** What a page calls that has its texts in other languages too; without it, a page is English. */
export function speak(more) {
  Object.assign(catalogues, more);
}

/** The language of the page: a key of LANGUAGES. */
export function language() {
  const ofGraph = Object.keys(LANGUAGES).find((name) => LANGUAGES[name].inGraph === session().language);
  const ofBrowser = navigator.languages.map((tag) => tag.split('-')[0].toLowerCase());
  return [chosen, ofGraph, ...ofBrowser].find((name) => name in catalogues) ?? 'en';
}

export const tag = () => LANGUAGES[language()].tag;

/** Has a component rendered anew when the language changes. */
export const useLanguage = () => useSyncExternalStore(subscribe, language);

/** Has the document say in which language it is, and be titled in it. */
export function useDocument(title) {
  const spoken = useLanguage();
  useEffect(() => {
    document.documentElement.lang = LANGUAGES[spoken].tag;
    document.title = t(title);
  }, [spoken, title]);
}

export function choose(name) {
  keep((storage) => storage.setItem(KEY, name));
  announce(name);
}

/** The text of a key, with its values. */
export function t(key, values = {}) {
  return catalogues[language()][key].replaceAll(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** What asks for an answer in the language of the page. A page in one language leaves that to the browser. */
export const spokenHeaders = () => (Object.keys(catalogues).length > 1 ? { 'accept-language': tag() } : {});

function subscribe(listener) {
  const ends = [whenSessionChanges(listener), () => listeners.delete(listener)];
  listeners.add(listener);
  return () => ends.forEach((end) => end());
}

function announce(next) {
  chosen = next;
  for (const listener of listeners) listener();
}

function stored() {
  return keep((storage) => storage.getItem(KEY)) ?? null;
}
