// The dashboard: filters, figures and cards. Those of some classes come by one operation; those of many, and of the whole school, are
// asked for one after the other, and each shows as it arrives.
import { useEffect, useId, useMemo, useState } from 'react';
import { t, useLanguage } from '../language.js';
import { Absentees } from './absentees.jsx';
import { Card } from './card.jsx';
import { Filters } from './filters.jsx';
import { days, joined, number, percent, share } from './format.js';
import { intoAddress, ofAddress } from './period.js';
import { ask, ATTENDANCE, CREDITS, FEEDS, GOALS, MANY, OFFERS, PAGE, PROJECTS, STREAKS } from './queries.js';
import { credits, feeds, projects } from './school.js';
import { attendance, attendanceVariables, goals, offers, streaks, targets, TARGETS } from './students.js';

/** For each statistic its operation, the filter that this takes, and whom it is for. */
const PARTS = {
  attendance: { query: ATTENDANCE, variables: (view) => attendanceVariables(view, { ...timeOf(view), ...classOf(view) }) },
  offers: { query: OFFERS, variables: (view) => ({ filter: { ...timeOf(view), ...classOf(view) } }) },
  goals: { query: GOALS, variables: (view) => ({ filter: classOf(view) }) },
  streaks: { query: STREAKS, variables: (view) => ({ filter: { ...timeOf(view), ...classOf(view) } }) },
  projects: { query: PROJECTS, isOfSchool: true, variables: () => ({}) },
  credits: { query: CREDITS, isOfSchool: true, variables: (view) => ({ filter: timeOf(view) }) },
  feeds: { query: FEEDS, isOfSchool: true, variables: (view) => ({ filter: timeOf(view) }) },
};
const STUDENTS = Object.keys(PARTS).filter((name) => !PARTS[name].isOfSchool);
const SCHOOL = Object.keys(PARTS).filter((name) => PARTS[name].isOfSchool);
const timeOf = ({ period: { from, to } }) => ({ firstDay: from, lastDay: to });
const classOf = ({ className }) => (className ? { classNames: [className] } : {});

/** `asked`: the class of the address, '' for all, undefined for none that the viewer sees. The page opens with one class where there are many. */
export function Dashboard({ asked, classNames, isAdministrator }) {
  const spoken = useLanguage();
  const [{ className, period }, setChosen] = useState(() => ({
    className: asked ?? (classNames.length > MANY ? classNames[0] : ''),
    period: ofAddress().period,
  }));
  const view = useMemo(() => ({ className, period, classNames, isAdministrator }), [className, period, classNames, isAdministrator]);
  const [showsSchool, setShowsSchool] = useState(isAdministrator && classNames.length <= MANY);
  const ofStudents = useParts(view, studentsParts, true);
  const ofSchool = useParts(view, schoolParts, showsSchool);
  const parts = useMemo(() => ({ ...ofStudents, ...ofSchool }), [ofStudents, ofSchool]);
  useEffect(() => intoAddress(className, period), [className, period]);
  const only = className || (classNames.length === 1 ? classNames[0] : '');
  const ofWhat = only || t('classes.all');
  const scopes = Object.fromEntries([ofWhat, t('school.name')].map((what) => [what, { subtitle: joined(what, days(period)), name: `${what} ${period.from} ${period.to}` }]));
  const cards = useMemo(() => cardsOf(view, parts), [view, parts, spoken]);
  const isBusy = [...STUDENTS, ...(showsSchool ? SCHOOL : [])].some((name) => !parts[name]);
  const told = new Set(); // of parts that failed for one reason, it is said once
  function show(name) {
    const problem = parts[name]?.problem;
    if (!problem) return cards[name]?.map((card) => <Card key={card.id} card={card} {...scopes[PARTS[name].isOfSchool ? t('school.name') : ofWhat]} />);
    if (told.has(problem)) return null;
    told.add(problem);
    return <Problem key={name} message={problem} />;
  }
  return (
    <div className="in-page" aria-busy={isBusy}>
      <div className="in-head">
        <div>
          <h1>{only || t(isAdministrator ? 'classes.all' : 'classes.mine')}</h1>
          <p>{days(period)}</p>
        </div>
        <Filters {...{ className, period }} onChange={(next) => setChosen({ className, period, ...next })} />
      </div>
      <p className="cg-unseen" role="status">{isBusy ? t('counting') : t('counted', { subject: scopes[ofWhat].subtitle })}</p>
      <Figures parts={parts} />
      <h2>{t('heading.attendance')}</h2>
      <div className="in-cards">
        {show('attendance')}
        {show('streaks')}
        {only && <Absentees key={`${only} ${period.to}`} className={only} last={period.to} />}
      </div>
      <h2>{t('heading.goals')}</h2>
      <div className="in-cards">
        {show('offers')}
        {show('goals')}
        {parts.goals?.data && <Targets found={parts.goals.data} {...scopes[ofWhat]} />}
      </div>
      {isAdministrator && (
        <>
          <h2>{t('school.heading')} <small>{t('school.note')}</small></h2>
          {!showsSchool && <button type="button" className="in-button" onClick={() => setShowsSchool(true)}>{t('school.count')}</button>}
          <div className="in-cards">{SCHOOL.map(show)}</div>
        </>
      )}
    </div>
  );
}

/** What `parts` has counted of a view so far: for each statistic `data` or `problem`. */
function useParts(view, parts, isWanted) {
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!isWanted) return undefined;
    let isCurrent = true;
    (async () => {
      for await (const results of parts(view)) {
        if (!isCurrent) return;
        setFound((before) => ({ view, parts: { ...(before.view === view && before.parts), ...results } }));
      }
    })();
    return () => (isCurrent = false);
  }, [view, parts, isWanted]);
  return useMemo(() => (found.view === view ? found.parts : {}), [found, view]);
}

async function* studentsParts(view) {
  if (!view.className && view.classNames.length > MANY) return yield* oneByOne(view, STUDENTS);
  const asked = Object.fromEntries(STUDENTS.map((name) => [name, PARTS[name].variables(view)]));
  const variables = { by: asked.attendance.by, ...Object.fromEntries(STUDENTS.map((name) => [name, asked[name].filter])) };
  const result = await ask(PAGE, variables).then((data) => (name) => ({ data: data[name] }), ({ message }) => () => ({ problem: message }));
  yield Object.fromEntries(STUDENTS.map((name) => [name, result(name)]));
}

const schoolParts = (view) => oneByOne(view, SCHOOL);

async function* oneByOne(view, names) {
  for (const name of names) {
    const { query, variables } = PARTS[name];
    yield { [name]: await ask(query, variables(view)).then((data) => ({ data: data.statistics ?? data }), ({ message }) => ({ problem: message })) };
  }
}

function cardsOf(view, parts) {
  const made = { attendance: (data) => attendance(view, data), offers: (data) => offers(view, data), goals, streaks: (data) => streaks(view, data), projects, credits, feeds };
  return Object.fromEntries(Object.entries(parts).map(([name, { data }]) => [name, data && made[name](data)]));
}

const studentsOf = (count) => t('figure.count', { count: number(count) });

function Figures({ parts }) {
  const [attended, reached, offered, streaking] = ['attendance', 'goals', 'offers', 'streaks'].map((name) => parts[name]?.data?.all[0]);
  const figures = [
    [t('figure.students'), number(reached?.studentCount), t('figure.now')],
    [t('figure.attendance'), percent(attended?.rate), attended && t('attendance.counts', { attended: number(attended.attended), expected: number(attended.expected) })],
    [t('figure.streak'), percent(streaking && share(streaking.streakingCount, streaking.studentCount)), streaking && studentsOf(streaking.streakingCount)],
    [t('figure.goal'), percent(reached?.goalRate), reached && studentsOf(reached.goalCount)],
    [t('figure.applied'), number(offered?.applicantCount), offered && t('figure.offers', { count: number(offered.succeededCount) })],
    [t('figure.signed'), number(offered?.signedCount), offered && t('figure.applications', { count: number(offered.signApplicantCount) })],
  ];
  return (
    <dl className="in-figures">
      {figures.map(([title, value, more]) => (
        <div key={title}><dt>{title}</dt><dd><strong>{value}</strong><span>{more ?? '\u00a0'}</span></dd></div>
      ))}
    </dl>
  );
}

function Targets({ found, ...scope }) {
  const id = useId();
  const [of, setOf] = useState('COMPANY');
  const spoken = useLanguage();
  const card = useMemo(() => targets(of, found[of]), [of, found, spoken]);
  return (
    <Card card={card} {...scope}>
      <p className="in-choice">
        <label htmlFor={id}>{t('targets.show')}</label>
        <select id={id} value={of} onChange={({ target }) => setOf(target.value)}>
          {TARGETS.map((each) => <option key={each} value={each}>{t(`target.${each}`)}</option>)}
        </select>
      </p>
    </Card>
  );
}

function Problem({ message }) {
  return <section className="in-card"><p className="cg-problem" role="alert">{message}</p></section>;
}
