// A team's month: a client with generated types, compiled strictly, plays each role through create, edit, find, count and
// delete. What each role saw is printed as JSON. A new step is an operation in month.graphql and a line here.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import * as month from './month.generated.js';

const [url, administrator, password] = process.argv.slice(2) as [string, string, string];

interface Refused {
  errors: { code: string; message: string }[];
}

/** A client of somebody; without a token it is nobody's. */
class Client {
  constructor(private readonly token?: string) {}

  async send<Data, V>(document: TypedDocumentNode<Data, V>, variables: V): Promise<Data> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(this.token && { Authorization: `Bearer ${this.token}` }) },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const { data, errors } = (await response.json()) as { data: Data; errors?: unknown[] };
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }
}

/** The payload of a mutation that nothing refused. */
function done<P extends Refused>(payload: P): P {
  if (payload.errors.length > 0) throw new Error(JSON.stringify(payload.errors));
  return payload;
}

/** A value that the schema lets be null, and that is there. */
function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('Something is missing.');
  return value;
}

async function signedIn(input: month.SignInInput): Promise<Client> {
  return new Client(there(done((await new Client().send(month.SignInDocument, { input })).signIn).token));
}

async function signedInWithWechat(code: string): Promise<Client> {
  const input = { program: 'SIGN_CLOUD', code } as const;
  return new Client(
    there(done((await new Client().send(month.SignInWithWechatDocument, { input })).signInWithWechat).token),
  );
}

const STUDENTS = ['3999000001', '3999000002', '3999000003'];

async function asAdministrator() {
  const client = await signedIn({ identifier: administrator, password });
  const users = STUDENTS.map((account, number) => ({ account, name: `月历${number + 1}`, className: '一班', major: '软件工程' }));
  const created = done((await client.send(month.ImportStudentsDocument, { input: { users } })).importUsers);
  const found = there((await client.send(month.FindUsersDocument, { filter: { nameContains: '月历' }, first: 2 })).users);
  const company = there(done((await client.send(month.CreateCompanyDocument, { input: { name: '月历科技' } })).createCompany).company);
  const input = { companyId: company.id, name: '月历软件', enabled: false };
  const edited = there(done((await client.send(month.UpdateCompanyDocument, { input })).updateCompany).company);
  const deleted = done((await client.send(month.DeleteCompanyDocument, { input: { companyId: company.id } })).deleteCompany);
  const last = { filter: { className: '一班', nameContains: '月历' }, first: 1, orderBy: 'NAME_DESC' } as const;
  const [third] = there((await client.send(month.FindUsersDocument, last)).users).nodes;
  const disabled = done((await client.send(month.DisableUsersDocument, { input: { userIds: [there(third).id] } })).disableUsers);
  const teacher = { userId: there(found.nodes[1]).id, className: '一班' };
  done((await client.send(month.AssignTeacherDocument, { input: teacher })).assignTeacher);
  return {
    deleted: deleted.deletedId === company.id,
    disabled: disabled.results.map(({ user }) => user?.name),
    created: created.importedCount,
    edited: [edited.name, edited.enabled],
    found: found.nodes.length,
    counted: found.totalCount,
  };
}

async function asStudent() {
  const account = there(STUDENTS[0]);
  const client = await signedIn({ identifier: account, password: account.slice(-6) });
  const profile = done((await client.send(month.UpdateProfileDocument, { input: { className: '二班', major: '数学' } })).updateProfile);
  const posts: string[] = [];
  for (const title of ['一面', '二面', '三面']) {
    posts.push(there(done((await client.send(month.CreatePostDocument, { input: { title, content: '文' } })).createPost).post).id);
  }
  const [postId] = posts;
  const comment = { postId: there(postId), content: '加油' };
  const commented = there(done((await client.send(month.CreateCommentDocument, { input: comment })).createComment).comment);
  const found: string[] = [];
  let after: string | null = null;
  do {
    const answer: month.FindOwnPostsQuery = await client.send(month.FindOwnPostsDocument, { first: 2, after });
    const page = there(answer.viewer).posts;
    found.push(...page.nodes.map(({ title }) => title));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  const change = { postId: there(postId), title: '一面（改）' };
  const post = there(done((await client.send(month.UpdatePostDocument, { input: change })).updatePost).post);
  const liked = there(done((await client.send(month.LikePostDocument, { input: { postId: there(postId) } })).likePost).post);
  const searched = await client.send(month.SearchDocument, { query: '一面', kinds: ['POST'] });
  const gone = async () => done((await client.send(month.DeletePostDocument, { input: { postId: there(postId) } })).deletePost);
  const item = there((await gone()).deletedItem).id;
  const restored = done((await client.send(month.RestoreDeletedDocument, { input: { id: item } })).restoreDeleted).restoredId;
  const deleted = (await gone()).deletedId;
  const left = there((await client.send(month.FindOwnPostsDocument, { first: 0 })).viewer).posts.totalCount;
  return {
    created: posts.length,
    commented: commented.post?.comments.totalCount,
    edited: [profile.user?.className, post.title, post.viewerCanUpdate, post.viewerCanDelete],
    liked: [liked.likesCount, liked.viewerHasLiked],
    searched: there(searched.search).nodes.map(({ node, matches }) => [
      node?.id === postId,
      ...matches.map(({ fragments }) => fragments.filter(({ isMatch }) => isMatch).map(({ text }) => text)),
    ]),
    restored: restored === postId,
    found,
    counted: left,
    deleted: deleted === postId,
  };
}

async function asTeacher() {
  const account = there(STUDENTS[1]);
  const client = await signedIn({ identifier: account, password: account.slice(-6) });
  const answer = await client.send(month.OwnClassesDocument, {});
  return {
    found: there(there(answer.viewer).classes).map(({ name, students }) => [name, students.nodes.map((each) => each.name)]),
    counted: there(answer.statistics?.goals).map(({ className, studentCount }) => [className, studentCount]),
  };
}

async function asDeveloper() {
  const client = await signedIn({ identifier: '2099000001', password: '000001' });
  const projects = there((await client.send(month.FindProjectsDocument, { search: '车位' })).projects);
  const [direction] = (await client.send(month.ResearchDirectionsDocument, {})).dictionary;
  const researchDirections = [there(direction).number];
  const input = { isOverseas: false, province: '浙江省', city: '杭州市', county: '西湖区', researchDirections };
  const edited = done((await client.send(month.UpdateDeveloperProfileDocument, { input })).updateDeveloperProfile);
  const count = async () => there((await client.send(month.CountMirrorsDocument, {})).viewer?.developer).mirrors.length;
  const before = await count();
  const mirror = there(
    done((await client.send(month.CreateMirrorDocument, { input: { name: 'month', tag: '1', size: '1' } })).createMirror).mirror,
  );
  const counted = (await count()) - before;
  done((await client.send(month.DeleteMirrorDocument, { input: { mirrorId: mirror.id } })).deleteMirror);
  return {
    created: mirror.name,
    edited: edited.user?.developer?.province,
    found: projects.nodes.length === projects.totalCount && projects.totalCount > 0,
    counted,
    deleted: (await count()) === before,
  };
}

async function asHandler() {
  const [applicant, handler] = [await signedInWithWechat('dev-month'), await signedInWithWechat('dev-tang')];
  const where = await applicant.send(month.WhereToApplyDocument, {});
  const resume: month.ResumeInput = {
    name: '苏禾',
    phone: '13900021234',
    idNumber: '500106200203041234',
    maritalStatus: 'SINGLE',
    politicalStatus: 'LEAGUE_MEMBER',
    householdType: 'URBAN',
    companyId: there(there(where.companies).nodes[0]).id,
    position: '后端开发工程师',
    workExperiences: [{ company: '远山科技', position: '实习生', startTime: '2025-03', endTime: '2025-09', description: '开发接口' }],
    educations: [{ school: '云山大学', degree: 'bachelor', major: '软件工程' }],
  };
  const submitted = { resume, handlerId: there(there(where.handlers).nodes[0]).id };
  const application = there(done((await applicant.send(month.SubmitResumeDocument, { input: submitted })).submitResume).application);
  const pending = { status: 'APPLIED', companyId: resume.companyId } as const;
  const found = there((await handler.send(month.FindApplicationsDocument, { filter: pending })).signApplications);
  const input = { applicationId: application.id, reason: '资料不全' };
  const edited = there(done((await handler.send(month.RejectApplicationDocument, { input })).rejectSignApplication).application);
  const left = there((await handler.send(month.FindApplicationsDocument, { filter: pending })).signApplications).totalCount;
  return {
    created: application.status,
    edited: edited.status,
    found: found.nodes.some(({ id }) => id === application.id),
    counted: found.totalCount - left,
  };
}

async function asRecruiter() {
  const client = await signedIn({ identifier: 'recruiter@careers.example', password: 'recruit2099', kind: 'EMAIL' });
  const before = there(there((await client.send(month.FindFeedsDocument, { first: 0 })).viewer).feeds).totalCount;
  const feed: month.FeedInput = {
    title: '前端工程师',
    jobDescription: '负责后台页面。',
    salaryMin: 10000,
    salaryMax: 20000,
    keywords: ['TypeScript'],
    areas: ['杭州'],
    levels: ['JUNIOR'],
  };
  const created = there(done((await client.send(month.CreateFeedDocument, { input: { feed } })).createFeed).feed);
  const changed = { feedId: created.id, feed: { ...feed, title: '资深前端工程师' } };
  const edited = there(done((await client.send(month.UpdateFeedDocument, { input: changed })).updateFeed).feed);
  const found = there(there((await client.send(month.FindFeedsDocument, { first: 1 })).viewer).feeds);
  done((await client.send(month.DeleteFeedDocument, { input: { feedId: created.id } })).deleteFeed);
  const left = there(there((await client.send(month.FindFeedsDocument, { first: 0 })).viewer).feeds).totalCount;
  return {
    created: created.title,
    edited: edited.title,
    found: found.nodes.map(({ title }) => title),
    counted: found.totalCount - before,
    deleted: left === before,
  };
}

const told = {
  administrator: await asAdministrator(),
  student: await asStudent(),
  teacher: await asTeacher(),
  developer: await asDeveloper(),
  handler: await asHandler(),
  recruiter: await asRecruiter(),
};
console.log(JSON.stringify(told));
