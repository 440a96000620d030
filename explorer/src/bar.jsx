// The bar of the pages beside GraphiQL: where else there is to go, in which language, and who is signed in.
import { choose, LANGUAGES, t, useDocument, useLanguage } from './language.js';
import { signOut } from './operations.js';
import { useSession } from './session.js';

/** `title`: the key of the page's title. `pages`: the addresses of others, with the keys of what they are called. */
export function Bar({ title, pages }) {
  const { token, name } = useSession();
  useDocument(title);
  return (
    <header className="in-bar">
      <a className="cg-brand" href="./"><img src="favicon.svg" alt="" width="24" height="24" />Careergraph</a>
      <nav aria-label={t('bar.pages')}>{Object.entries(pages).map(([href, key]) => <a key={href} href={href}>{t(key)}</a>)}</nav>
      {token && <span className="cg-who" role="status"><span>{t('bar.signedIn')} </span>{name}</span>}
      <LanguageSwitch />
      {token && <button type="button" className="in-button" onClick={signOut}>{t('bar.signOut')}</button>}
    </header>
  );
}

/** The languages by their own names, which whoever reads only one of them knows. */
function LanguageSwitch() {
  const spoken = useLanguage();
  return (
    <span className="in-languages" role="group" aria-label={t('bar.language')}>
      {Object.entries(LANGUAGES).map(([name, { tag, title }]) => (
        <button key={name} type="button" className="in-button" lang={tag} aria-pressed={name === spoken} onClick={() => choose(name)}>{title}</button>
      ))}
    </span>
  );
}
