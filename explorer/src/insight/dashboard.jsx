// The dashboard: filters, figures and cards. Those of some classes come by one operation; those of many, and of the whole school, are
// asked for one after the other, and each shows as it arrives.
import { useEffect, useId, useMemo, useState } from 'react';
import { Card, Table } from './card.jsx';
import { number, percent, share } from './format.js';
import { intoAddress, lastDays, ofAddress, PRESETS, today } from './period.js';
import { ABSENTEES, ask, ATTENDANCE, CREDITS, FEEDS, GOALS, OFFERS, PAGE, PROJECTS, STREAKS } from './queries.js';
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
/** More classes take the database seconds: the page opens with one of them; all, and the whole school, are a choice. */
const MANY = 100;
const STUDENTS = Object.keys(PARTS).filter((name) => !PARTS[name].isOfSchool);
const SCHOOL = Object.keys(PARTS).filter((name) => PARTS[name].isOfSchool);
const timeOf = ({ period: { from, to } }) => ({ firstDay: from, lastDay: to });
const classOf = ({ className }) => (className ? { classNames: [className] } : {});

export function Dashboard({ classNames, isAdministrator }) {
  const [{ className, period }, setChosen] = useState(() => {
    const asked = ofAddress();
    const isKnown = asked.className === '' || classNames.includes(asked.className);
    return { ...asked, className: isKnown ? asked.className : classNames.length > MANY ? classNames[0] : '' };
  });
  const view = useMemo(() => ({ className, period, classNames, isAdministrator }), [className, period, classNames, isAdministrator]);
  const [showsSchool, setShowsSchool] = useState(isAdministrator && classNames.length <= MANY);
  const ofStudents = useParts(view, studentsParts, true);
  const ofSchool = useParts(view, schoolParts, showsSchool);
  const parts = useMemo(() => ({ ...ofStudents, ...ofSchool }), [ofStudents, ofSchool]);
  useEffect(() => intoAddress(className, period), [className, period]);
  const only = className || (classNames.length === 1 ? classNames[0] : '');
  const days = `${period.from} to ${period.to}`;
  const subtitle = `${only || 'All classes'}, ${days}`;
  const cards = useMemo(() => cardsOf(view, parts), [view, parts]);
  const isBusy = [...STUDENTS, ...(showsSchool ? SCHOOL : [])].some((name) => !parts[name]);
  const show = (name) => (parts[name]?.problem ? <Problem key={name} message={parts[name].problem} /> : (
    cards[name]?.map((card) => <Card key={card.id} card={card} subtitle={PARTS[name].isOfSchool ? `Whole school, ${days}` : subtitle} />)
  ));
  return (
    <div className="in-page" aria-busy={isBusy}>
      <div className="in-head">
        <div>
          <h1>{only || (isAdministrator ? 'All classes' : 'My classes')}</h1>
          <p>{days}</p>
        </div>
        <Filters {...{ classNames, className, period }} onChange={(next) => setChosen({ className, period, ...next })} />
      </div>
      <p className="cg-unseen" role="status">{isBusy ? 'Counting…' : `Counted: ${subtitle}`}</p>
      <Figures parts={parts} />
      <h2>Attendance</h2>
      <div className="in-cards">
        {show('attendance')}
        {show('streaks')}
        {only && <Absentees key={`${only} ${period.to}`} className={only} last={period.to} />}
      </div>
      <h2>Goals and offers</h2>
      <div className="in-cards">
        {show('offers')}
        {show('goals')}
        {parts.goals?.data && <Targets found={parts.goals.data} subtitle={subtitle} />}
      </div>
      {isAdministrator && (
        <>
          <h2>The whole school <small>not by class</small></h2>
          {!showsSchool && <button type="button" className="in-button" onClick={() => setShowsSchool(true)}>Count the whole school</button>}
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

function Filters({ classNames, className, period, onChange }) {
  const id = useId();
  const preset = PRESETS.find(({ days }) => period.to === today() && period.from === lastDays(days).from);
  const dated = (name) => ({
    id: `${id}${name}`,
    type: 'date',
    value: period[name],
    required: true,
    onChange: ({ target }) => target.value && onChange({ period: { ...period, [name]: target.value } }),
  });
  return (
    <form className="in-filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <p>
        <label htmlFor={`${id}class`}>Class</label>
        <select id={`${id}class`} value={className} onChange={({ target }) => onChange({ className: target.value })}>
          <option value="">All classes</option>
          {classNames.map((name) => <option key={name}>{name}</option>)}
        </select>
      </p>
      <p>
        <label htmlFor={`${id}period`}>Time</label>
        <select id={`${id}period`} value={preset?.days ?? ''} onChange={({ target }) => target.value && onChange({ period: lastDays(Number(target.value)) })}>
          {!preset && <option value="">Chosen days</option>}
          {PRESETS.map(({ days, title }) => <option key={days} value={days}>{title}</option>)}
        </select>
      </p>
      <p><label htmlFor={`${id}from`}>From</label><input {...dated('from')} max={period.to} /></p>
      <p><label htmlFor={`${id}to`}>To</label><input {...dated('to')} min={period.from} /></p>
      <button type="button" className="in-button" onClick={() => window.print()}>Print</button>
    </form>
  );
}

function Figures({ parts }) {
  const [attended, reached, offered, streaking] = ['attendance', 'goals', 'offers', 'streaks'].map((name) => parts[name]?.data?.all[0]);
  const figures = [
    ['Students', number(reached?.studentCount), 'now in these classes'],
    ['Attendance', percent(attended?.rate), attended && `${number(attended.attended)} of ${number(attended.expected)} clock-ins`],
    ['On a streak', percent(streaking && share(streaking.streakingCount, streaking.studentCount)), streaking && `${number(streaking.streakingCount)} students`],
    ['With a goal', percent(reached?.goalRate), reached && `${number(reached.goalCount)} students`],
    ['Applied for jobs', number(offered?.applicantCount), offered && `${number(offered.succeededCount)} with an offer`],
    ['Signed', number(offered?.signedCount), offered && `of ${number(offered.signApplicantCount)} who applied to sign`],
  ];
  return (
    <dl className="in-figures">
      {figures.map(([title, value, more]) => (
        <div key={title}><dt>{title}</dt><dd><strong>{value}</strong><span>{more ?? '\u00a0'}</span></dd></div>
      ))}
    </dl>
  );
}

function Targets({ found, subtitle }) {
  const id = useId();
  const [of, setOf] = useState('COMPANY');
  const card = useMemo(() => targets(of, found[of]), [of, found]);
  return (
    <Card card={card} subtitle={subtitle}>
      <p className="in-choice">
        <label htmlFor={id}>Show</label>
        <select id={id} value={of} onChange={({ target }) => setOf(target.value)}>
          {Object.entries(TARGETS).map(([value, title]) => <option key={value} value={value}>{title}</option>)}
        </select>
      </p>
    </Card>
  );
}

/** Who was absent: names, which are for the teacher and stay off the paper. */
function Absentees({ className, last }) {
  const id = useId();
  const [{ day, slot }, setChosen] = useState({ day: last, slot: 'MORNING' });
  const [found, setFound] = useState({});
  useEffect(() => {
    let isCurrent = true;
    const keep = (result) => isCurrent && setFound(result);
    ask(ABSENTEES, { className, day, slot }).then((data) => keep({ absentees: data.schoolClass?.absentees }), ({ message }) => keep({ problem: message }));
    return () => (isCurrent = false);
  }, [className, day, slot]);
  const { absentees, problem } = found;
  return (
    <section className="in-card in-wide in-unprinted" aria-labelledby={`${id}title`} data-card="absentees">
      <header><h3 id={`${id}title`}>Absentees</h3></header>
      <p className="in-about">Who did not clock in. Names are not printed.</p>
      <p className="in-choice">
        <label htmlFor={`${id}day`}>Day</label>
        <input id={`${id}day`} type="date" value={day} required onChange={({ target }) => target.value && setChosen({ day: target.value, slot })} />
        <label htmlFor={`${id}slot`}>Slot</label>
        <select id={`${id}slot`} value={slot} onChange={({ target }) => setChosen({ day, slot: target.value })}>
          {['MORNING', 'AFTERNOON', 'EVENING'].map((value) => <option key={value} value={value}>{value.charAt(0) + value.slice(1).toLowerCase()}</option>)}
        </select>
      </p>
      {problem && <p className="cg-problem" role="alert">{problem}</p>}
      {absentees && <p role="status">{absentees.totalCount === 0 ? 'Nobody was absent, or the slot has not begun.' : `${number(absentees.totalCount)} absent`}{absentees.totalCount > absentees.nodes.length && `; the first ${absentees.nodes.length} are`}</p>}
      {absentees?.nodes.length > 0 && (
        <Table caption="Absentees" columns={[{ key: 'name', title: 'Name' }, { key: 'account', title: 'Account' }]} rows={absentees.nodes} />
      )}
    </section>
  );
}

function Problem({ message }) {
  return <section className="in-card"><p className="cg-problem" role="alert">{message}</p></section>;
}
