// Signs in and lists with the services that openapi-typescript-codegen makes of /openapi.json.
import {
  ApiError,
  DeveloperPlatformService,
  HrTalentFeedsService,
  OpenAPI,
  SignCloudMiniProgramService,
  WorkProgressRecorderService,
} from './services.gen';

const [url, administrator, password] = process.argv.slice(2) as [string, string, string];
OpenAPI.BASE = url;

async function recorder() {
  const login = await WorkProgressRecorderService.postApiV1UserLogin({ account: administrator, password });
  if (login.code !== 0) throw new Error(login.msg);
  OpenAPI.TOKEN = login.data.token ?? '';
  const found = await WorkProgressRecorderService.getApiV1UserSearch(1, 2);
  if (found.code !== 0) throw new Error(found.msg);
  return { rows: found.data.rows.length, account: typeof found.data.rows[0]?.user.account };
}

async function platform() {
  try {
    await DeveloperPlatformService.postApiLogin({ username: 'nobody', password: 'wrong!' });
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, code: error.body.status_code };
    throw error;
  }
  return null;
}

async function signCloud() {
  OpenAPI.TOKEN = undefined;
  const login = await SignCloudMiniProgramService.postWeixinLogin({ code: 'dev-tang' });
  if (login.status !== 0) throw new Error(login.msg);
  OpenAPI.HEADERS = { 'X-auth-token': login.data.session_token ?? '' };
  const companies = await SignCloudMiniProgramService.getCompanies();
  if (companies.status !== 0) throw new Error(companies.msg);
  return { companies: typeof companies.data[0]?.company_name };
}

async function feeds() {
  OpenAPI.HEADERS = undefined;
  const login = await HrTalentFeedsService.postHrLogin({ username: 'recruiter@careers.example', password: 'recruit2099' });
  if (login.status !== 'ok') throw new Error(login.msg);
  OpenAPI.USERNAME = String(login.auth_info.user);
  OpenAPI.PASSWORD = login.auth_info.token ?? '';
  const page = await HrTalentFeedsService.getSpecialFeedPage();
  if (page.status !== 'ok') throw new Error(page.msg);
  return { feeds: page.data.all_feed.length > 0, title: typeof page.data.all_feed[0]?.feed.title };
}

async function tell() {
  const told = { recorder: await recorder(), platform: await platform(), signCloud: await signCloud(), feeds: await feeds() };
  console.log(JSON.stringify(told));
}

void tell();
