import { Admin, CustomRoutes, Resource, type DataProvider } from 'react-admin';
import polyglotI18nProvider from 'ra-i18n-polyglot';
import english from 'ra-language-english';
import { Route } from 'react-router-dom';
import { AlarmsPage } from './alarms/alarms-page.tsx';
import { AuditPage } from './audit/audit-page.tsx';
import { CampaignPage } from './campaigns/campaign-page.tsx';
import { CampaignsPage } from './campaigns/campaigns-page.tsx';
import { DelegationsPage } from './delegations/delegations-page.tsx';
import { DevicePage } from './devices/device-page.tsx';
import { DevicesPage } from './devices/devices-page.tsx';
import { EvidencePage } from './evidence/evidence-page.tsx';
import { ControllersPage } from './controllers/controllers-page.tsx';
import { NotFound, Refused } from './frame/dead-ends.tsx';
import { ConsoleLayout } from './frame/layout.tsx';
import { preferenceStore } from './frame/preferences.ts';
import { Start } from './frame/start.tsx';
import { HelpDeskPage } from './help-desk/help-desk-page.tsx';
import { DecisionPage } from './inbox/decision-page.tsx';
import { InboxPage } from './inbox/inbox-page.tsx';
import { OneByOnePage } from './inbox/one-by-one-page.tsx';
import { KeysPage } from './keys/keys-page.tsx';
import { LogPage } from './log/log-page.tsx';
import { MessagesPage } from './messages/messages-page.tsx';
import { OfficersPage } from './officers/officers-page.tsx';
import { PoliciesPage } from './policies/policies-page.tsx';
import { CalendarPage } from './policies/calendar-page.tsx';
import { SimulatorPage } from './policies/simulator-page.tsx';
import { VersionPage } from './policies/version-page.tsx';
import { dataProvider } from './provider/data-provider.ts';
import { ReportsPage } from './reports/reports-page.tsx';
import { ResetList } from './resets/reset-list.tsx';
import { ResetPage } from './resets/reset-page.tsx';
import { ReviewsPage } from './reviews/reviews-page.tsx';
import { authProvider } from './session/auth-provider.ts';
import { SignInPage } from './session/sign-in-page.tsx';
import { darkTheme, lightTheme } from './theme.ts';
import { words } from './words.ts';

const i18nProvider = polyglotI18nProvider(() => ({ ...english, ...words }), 'en');
const store = preferenceStore();

/**
 * The whole console on one screen. `disableTelemetry` matters: without it react-admin loads an image from its maker's
 * server (CoreAdminUI), which the policy would block and an auditor would ask about.
 */
export function Console() {
  return (
    <Admin
      // react-admin's type wants methods generic in the record; ours answer what the interface answers.
      dataProvider={dataProvider as unknown as DataProvider}
      authProvider={authProvider}
      i18nProvider={i18nProvider}
      store={store}
      title="Countersign"
      layout={ConsoleLayout}
      loginPage={SignInPage}
      dashboard={Start}
      catchAll={NotFound}
      accessDenied={Refused}
      lightTheme={lightTheme}
      darkTheme={darkTheme}
      requireAuth
      disableTelemetry
    >
      <Resource name="approvals" list={InboxPage} show={DecisionPage} />
      <Resource name="resets" list={ResetList} show={ResetPage} />
      <Resource name="audit" list={AuditPage} />
      <CustomRoutes>
        <Route path="/approvals-one-by-one" element={<OneByOnePage />} />
        <Route path="/delegations" element={<DelegationsPage />} />
        <Route path="/help-desk" element={<HelpDeskPage />} />
        <Route path="/resets/:id/evidence" element={<EvidencePage />} />
        <Route path="/security-keys" element={<KeysPage />} />
        <Route path="/alarms" element={<AlarmsPage />} />
        <Route path="/messages" element={<MessagesPage />} />
        <Route path="/officers" element={<OfficersPage />} />
        <Route path="/campaigns" element={<CampaignsPage />} />
        <Route path="/campaigns/:id" element={<CampaignPage />} />
        <Route path="/devices" element={<DevicesPage />} />
        <Route path="/devices/:id" element={<DevicePage />} />
        <Route path="/reviews" element={<ReviewsPage />} />
        <Route path="/policies" element={<PoliciesPage />} />
        <Route path="/policies/:sha256" element={<VersionPage />} />
        <Route path="/policies/:sha256/simulator" element={<SimulatorPage />} />
        <Route path="/policies/:sha256/calendars" element={<CalendarPage />} />
        <Route path="/log" element={<LogPage />} />
        <Route path="/controllers" element={<ControllersPage />} />
        <Route path="/reports" element={<ReportsPage />} />
      </CustomRoutes>
    </Admin>
  );
}
