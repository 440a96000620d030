// Signs in and lists at each old API with openapi-fetch, whose types openapi-typescript makes of /openapi.json.
// The codes of replies tell successes from refusals; without that the data could not be read in strict mode.
import createClient from 'openapi-fetch';
import type { paths } from './fetched.gen';

const [url, administrator, password] = process.argv.slice(2) as [string, string, string];
const api = createClient<paths>({ baseUrl: url });
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('Something is missing.');
  return value;
}

async function recorder() {
  const login = await api.POST('/api/v1/user/login', { body: { account: administrator, password } });
  if (login.data?.code !== 0) throw new Error(login.data?.msg);
  const headers = { Authorization: `Bearer ${login.data.data.token}` };
  const query = { page: 1, page_size: 2 };
  const found = await api.GET('/api/v1/user/search', { params: { query }, headers });
  if (found.data?.code !== 0) throw new Error(found.data?.msg);
  const [row] = found.data.data.rows;
  return { rows: found.data.data.rows.length, account: typeof row?.user.account };
}

async function platform() {
  const refused = await api.POST('/api/login', { body: { username: 'nobody', password: 'wrong!' } });
  if (typeof refused.error !== 'object') throw new Error('Not refused by the API.');
  return { status: refused.response.status, code: refused.error.status_code };
}

async function signCloud() {
  const login = await api.POST('/weixin/login', { body: { code: 'dev-tang' }, headers: FORM });
  if (login.data?.status !== 0) throw new Error(login.data?.msg);
  const headers = { 'X-auth-token': there(login.data.data.session_token) };
  const companies = await api.GET('/companies', { headers });
  if (companies.data?.status !== 0) throw new Error(companies.data?.msg);
  return { companies: companies.data.data.map(({ company_name }) => typeof company_name)[0] };
}

async function attendance() {
  const account = { username: `staff${process.pid}`, password: 'secret!!' };
  const body = { ...account, confirm_password: account.password };
  const registered = await api.POST('/admin/user/register/', { body });
  if (registered.data?.code !== 1) throw new Error(registered.data?.msg);
  const login = await api.POST('/admin/user/login/', { body: account });
  if (login.data?.code !== 1) throw new Error(login.data?.msg);
  return { token: typeof login.data.data.token };
}

async function feeds() {
  const body = { username: 'recruiter@careers.example', password: 'recruit2099' };
  const login = await api.POST('/hr/login/', { body });
  if (login.data?.status !== 'ok') throw new Error(login.data?.msg);
  const { user, token } = login.data.auth_info;
  const headers = { Authorization: `Basic ${btoa(`${user}:${token}`)}` };
  const page = await api.GET('/special_feed/page/', { headers });
  if (page.data?.status !== 'ok') throw new Error(page.data?.msg);
  return { feeds: page.data.data.all_feed.length > 0, title: typeof page.data.data.all_feed[0]?.feed.title };
}

async function tell() {
  const told = {
    recorder: await recorder(),
    platform: await platform(),
    signCloud: await signCloud(),
    attendance: await attendance(),
    feeds: await feeds(),
  };
  console.log(JSON.stringify(told));
}

void tell();
