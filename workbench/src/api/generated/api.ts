// Written by `make contract` from api-schema-contract.txt.
import { emptyApi as api } from "../emptyApi";
export const addTagTypes = [
  "auth",
  "users",
  "portfolio-groups",
  "accounts",
  "securities",
  "allocations",
  "orders",
  "brokers",
  "blotters",
  "market-data",
  "market-history",
  "risk",
  "regime",
  "backtest",
  "optimization",
  "webhook",
  "monitor",
  "reference",
  "allocation",
  "target-sets",
  "proposals",
  "reallocation",
  "drift",
  "drift-history",
  "fairness",
  "jobs",
  "reports",
  "alerts",
  "audit",
  "usage",
  "preferences",
  "system",
  "health",
] as const;
const injectedRtkApi = api
  .enhanceEndpoints({
    addTagTypes,
  })
  .injectEndpoints({
    endpoints: (build) => ({
      login: build.mutation<LoginApiResponse, LoginApiArg>({
        query: (queryArg) => ({
          url: `/auth/login`,
          method: "POST",
          body: queryArg.login,
        }),
        invalidatesTags: ["auth"],
      }),
      refresh: build.mutation<RefreshApiResponse, RefreshApiArg>({
        query: (queryArg) => ({
          url: `/auth/refresh`,
          method: "POST",
          body: queryArg.refresh,
        }),
        invalidatesTags: ["auth"],
      }),
      logout: build.mutation<LogoutApiResponse, LogoutApiArg>({
        query: (queryArg) => ({
          url: `/auth/logout`,
          method: "POST",
          body: queryArg.logout,
        }),
        invalidatesTags: ["auth"],
      }),
      me: build.query<MeApiResponse, MeApiArg>({
        query: () => ({ url: `/auth/me` }),
        providesTags: ["auth"],
      }),
      listRoles: build.query<ListRolesApiResponse, ListRolesApiArg>({
        query: () => ({ url: `/auth/roles` }),
        providesTags: ["auth"],
      }),
      listSessions: build.query<ListSessionsApiResponse, ListSessionsApiArg>({
        query: () => ({ url: `/auth/sessions` }),
        providesTags: ["auth"],
      }),
      endSessions: build.mutation<EndSessionsApiResponse, EndSessionsApiArg>({
        query: () => ({ url: `/auth/sessions`, method: "DELETE" }),
        invalidatesTags: ["auth"],
      }),
      endSession: build.mutation<EndSessionApiResponse, EndSessionApiArg>({
        query: (queryArg) => ({
          url: `/auth/sessions/${encodeURIComponent(String(queryArg.sessionId))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["auth"],
      }),
      getSignOn: build.query<GetSignOnApiResponse, GetSignOnApiArg>({
        query: () => ({ url: `/auth/sso` }),
        providesTags: ["auth"],
      }),
      changePassword: build.mutation<
        ChangePasswordApiResponse,
        ChangePasswordApiArg
      >({
        query: (queryArg) => ({
          url: `/auth/password`,
          method: "POST",
          body: queryArg.changePassword,
        }),
        invalidatesTags: ["auth"],
      }),
      listUsers: build.query<ListUsersApiResponse, ListUsersApiArg>({
        query: (queryArg) => ({
          url: `/admin/users`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            name: queryArg.name,
            active: queryArg.active,
          },
        }),
        providesTags: ["users"],
      }),
      addUser: build.mutation<AddUserApiResponse, AddUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users`,
          method: "POST",
          body: queryArg.addUser,
        }),
        invalidatesTags: ["users"],
      }),
      getUser: build.query<GetUserApiResponse, GetUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}`,
        }),
        providesTags: ["users"],
      }),
      setPassword: build.mutation<SetPasswordApiResponse, SetPasswordApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/password`,
          method: "PUT",
          body: queryArg.setPassword,
        }),
        invalidatesTags: ["users"],
      }),
      disableUser: build.mutation<DisableUserApiResponse, DisableUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/disable`,
          method: "POST",
        }),
        invalidatesTags: ["users"],
      }),
      enableUser: build.mutation<EnableUserApiResponse, EnableUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/enable`,
          method: "POST",
        }),
        invalidatesTags: ["users"],
      }),
      grantUser: build.mutation<GrantUserApiResponse, GrantUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/grant`,
          method: "POST",
          body: queryArg.grants,
        }),
        invalidatesTags: ["users"],
      }),
      revokeUser: build.mutation<RevokeUserApiResponse, RevokeUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/revoke`,
          method: "POST",
          body: queryArg.grants,
        }),
        invalidatesTags: ["users"],
      }),
      setUserGroups: build.mutation<
        SetUserGroupsApiResponse,
        SetUserGroupsApiArg
      >({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/groups`,
          method: "PUT",
          body: queryArg.groups,
        }),
        invalidatesTags: ["users"],
      }),
      endUserSessions: build.mutation<
        EndUserSessionsApiResponse,
        EndUserSessionsApiArg
      >({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/sessions`,
          method: "DELETE",
        }),
        invalidatesTags: ["users"],
      }),
      unlockUser: build.mutation<UnlockUserApiResponse, UnlockUserApiArg>({
        query: (queryArg) => ({
          url: `/admin/users/${encodeURIComponent(String(queryArg.userId))}/unlock`,
          method: "POST",
        }),
        invalidatesTags: ["users"],
      }),
      listPortfolioGroups: build.query<
        ListPortfolioGroupsApiResponse,
        ListPortfolioGroupsApiArg
      >({
        query: () => ({ url: `/portfolio-groups` }),
        providesTags: ["portfolio-groups"],
      }),
      getPortfolioGroup: build.query<
        GetPortfolioGroupApiResponse,
        GetPortfolioGroupApiArg
      >({
        query: (queryArg) => ({
          url: `/portfolio-groups/${encodeURIComponent(String(queryArg.groupId))}`,
        }),
        providesTags: ["portfolio-groups"],
      }),
      listGroupAccounts: build.query<
        ListGroupAccountsApiResponse,
        ListGroupAccountsApiArg
      >({
        query: (queryArg) => ({
          url: `/portfolio-groups/${encodeURIComponent(String(queryArg.groupId))}/accounts`,
        }),
        providesTags: ["portfolio-groups"],
      }),
      getAccount: build.query<GetAccountApiResponse, GetAccountApiArg>({
        query: (queryArg) => ({
          url: `/accounts/${encodeURIComponent(String(queryArg.accountId))}`,
        }),
        providesTags: ["accounts"],
      }),
      getAccountLedger: build.query<
        GetAccountLedgerApiResponse,
        GetAccountLedgerApiArg
      >({
        query: (queryArg) => ({
          url: `/accounts/${encodeURIComponent(String(queryArg.accountId))}/ledger`,
          params: {
            limit: queryArg.limit,
          },
        }),
        providesTags: ["accounts"],
      }),
      searchSecurities: build.query<
        SearchSecuritiesApiResponse,
        SearchSecuritiesApiArg
      >({
        query: (queryArg) => ({
          url: `/securities/search`,
          params: {
            query: queryArg.query,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["securities"],
      }),
      getSecurity: build.query<GetSecurityApiResponse, GetSecurityApiArg>({
        query: (queryArg) => ({
          url: `/securities/${encodeURIComponent(String(queryArg.securityId))}`,
        }),
        providesTags: ["securities"],
      }),
      getSecurityAnalytics: build.query<
        GetSecurityAnalyticsApiResponse,
        GetSecurityAnalyticsApiArg
      >({
        query: (queryArg) => ({
          url: `/securities/${encodeURIComponent(String(queryArg.securityId))}/analytics`,
        }),
        providesTags: ["securities"],
      }),
      getSecurityHolders: build.query<
        GetSecurityHoldersApiResponse,
        GetSecurityHoldersApiArg
      >({
        query: (queryArg) => ({
          url: `/securities/${encodeURIComponent(String(queryArg.securityId))}/holders`,
          params: {
            group_id: queryArg.groupId,
          },
        }),
        providesTags: ["securities"],
      }),
      previewAllocation: build.mutation<
        PreviewAllocationApiResponse,
        PreviewAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/preview`,
          method: "POST",
          body: queryArg.previewRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      computeOrderCapacity: build.mutation<
        ComputeOrderCapacityApiResponse,
        ComputeOrderCapacityApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/capacity`,
          method: "POST",
          body: queryArg.capacityRequest,
        }),
        invalidatesTags: ["allocations"],
      }),
      getAllocation: build.query<GetAllocationApiResponse, GetAllocationApiArg>(
        {
          query: (queryArg) => ({
            url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}`,
            params: {
              bom: queryArg.bom,
              format: queryArg.format,
            },
          }),
          providesTags: ["allocations"],
        },
      ),
      replayAllocation: build.mutation<
        ReplayAllocationApiResponse,
        ReplayAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/replay`,
          method: "POST",
        }),
        invalidatesTags: ["allocations"],
      }),
      getAllocationFrontier: build.query<
        GetAllocationFrontierApiResponse,
        GetAllocationFrontierApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/frontier`,
        }),
        providesTags: ["allocations"],
      }),
      listAllocations: build.query<
        ListAllocationsApiResponse,
        ListAllocationsApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            status: queryArg.status,
            security_id: queryArg.securityId,
            group_id: queryArg.groupId,
            username: queryArg.username,
            method: queryArg.method,
            side: queryArg.side,
            account_id: queryArg.accountId,
          },
        }),
        providesTags: ["allocations"],
      }),
      adjustAllocation: build.mutation<
        AdjustAllocationApiResponse,
        AdjustAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/adjust`,
          method: "POST",
          body: queryArg.edits,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      compareAllocations: build.mutation<
        CompareAllocationsApiResponse,
        CompareAllocationsApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/compare`,
          method: "POST",
          body: queryArg.comparisonRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      getComparison: build.query<GetComparisonApiResponse, GetComparisonApiArg>(
        {
          query: (queryArg) => ({
            url: `/allocations/compare/${encodeURIComponent(String(queryArg.comparisonId))}`,
            params: {
              bom: queryArg.bom,
              format: queryArg.format,
            },
          }),
          providesTags: ["allocations"],
        },
      ),
      chooseVariant: build.mutation<
        ChooseVariantApiResponse,
        ChooseVariantApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/compare/${encodeURIComponent(String(queryArg.comparisonId))}/choose`,
          method: "POST",
          body: queryArg.choice,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      getAllocationFix: build.query<
        GetAllocationFixApiResponse,
        GetAllocationFixApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/fix`,
          params: {
            readable: queryArg.readable,
          },
        }),
        providesTags: ["allocations"],
      }),
      listAllocationFixMessages: build.query<
        ListAllocationFixMessagesApiResponse,
        ListAllocationFixMessagesApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/fix/messages`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["allocations"],
      }),
      getAllocationFixMessage: build.query<
        GetAllocationFixMessageApiResponse,
        GetAllocationFixMessageApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/fix/messages/${encodeURIComponent(String(queryArg.messageId))}`,
          params: {
            readable: queryArg.readable,
          },
        }),
        providesTags: ["allocations"],
      }),
      commitAllocation: build.mutation<
        CommitAllocationApiResponse,
        CommitAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/commit`,
          method: "POST",
          body: queryArg.commit,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      approveAllocation: build.mutation<
        ApproveAllocationApiResponse,
        ApproveAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/approve`,
          method: "POST",
          body: queryArg.approve,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      rejectAllocation: build.mutation<
        RejectAllocationApiResponse,
        RejectAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/reject`,
          method: "POST",
          body: queryArg.reject,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      withdrawAllocation: build.mutation<
        WithdrawAllocationApiResponse,
        WithdrawAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/withdraw`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      settleAllocation: build.mutation<
        SettleAllocationApiResponse,
        SettleAllocationApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/settle`,
          method: "POST",
          body: queryArg.settle,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      rejectSettlement: build.mutation<
        RejectSettlementApiResponse,
        RejectSettlementApiArg
      >({
        query: (queryArg) => ({
          url: `/allocations/${encodeURIComponent(String(queryArg.allocationId))}/settle/reject`,
          method: "POST",
          body: queryArg.reject,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["allocations"],
      }),
      listOrders: build.query<ListOrdersApiResponse, ListOrdersApiArg>({
        query: (queryArg) => ({
          url: `/orders`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            status: queryArg.status,
            open: queryArg.open,
            side: queryArg.side,
            security_id: queryArg.securityId,
            allocation_id: queryArg.allocationId,
            allocation_state: queryArg.allocationState,
            group_id: queryArg.groupId,
            account_id: queryArg.accountId,
            username: queryArg.username,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            slices: queryArg.slices,
            recorded: queryArg.recorded,
          },
        }),
        providesTags: ["orders"],
      }),
      getOrder: build.query<GetOrderApiResponse, GetOrderApiArg>({
        query: (queryArg) => ({
          url: `/orders/${encodeURIComponent(String(queryArg.orderId))}`,
        }),
        providesTags: ["orders"],
      }),
      modifyOrder: build.mutation<ModifyOrderApiResponse, ModifyOrderApiArg>({
        query: (queryArg) => ({
          url: `/orders/${encodeURIComponent(String(queryArg.orderId))}`,
          method: "PUT",
          body: queryArg.modifyOrder,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["orders"],
      }),
      cancelOrder: build.mutation<CancelOrderApiResponse, CancelOrderApiArg>({
        query: (queryArg) => ({
          url: `/orders/${encodeURIComponent(String(queryArg.orderId))}`,
          method: "DELETE",
          body: queryArg.cancelOrder,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["orders"],
      }),
      getOrderFills: build.query<GetOrderFillsApiResponse, GetOrderFillsApiArg>(
        {
          query: (queryArg) => ({
            url: `/orders/${encodeURIComponent(String(queryArg.orderId))}/fills`,
          }),
          providesTags: ["orders"],
        },
      ),
      listBrokerAccounts: build.query<
        ListBrokerAccountsApiResponse,
        ListBrokerAccountsApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/accounts`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["brokers"],
      }),
      connectPaperAccount: build.mutation<
        ConnectPaperAccountApiResponse,
        ConnectPaperAccountApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/paper/accounts`,
          method: "POST",
          body: queryArg.paperAccount,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["brokers"],
      }),
      connectSnapTradeAccount: build.mutation<
        ConnectSnapTradeAccountApiResponse,
        ConnectSnapTradeAccountApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/snaptrade/accounts`,
          method: "POST",
          body: queryArg.snapTradeAccount,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["brokers"],
      }),
      getBrokerAccount: build.query<
        GetBrokerAccountApiResponse,
        GetBrokerAccountApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/accounts/${encodeURIComponent(String(queryArg.brokerAccountId))}`,
        }),
        providesTags: ["brokers"],
      }),
      disconnectBrokerAccount: build.mutation<
        DisconnectBrokerAccountApiResponse,
        DisconnectBrokerAccountApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/accounts/${encodeURIComponent(String(queryArg.brokerAccountId))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["brokers"],
      }),
      previewBrokerOrder: build.mutation<
        PreviewBrokerOrderApiResponse,
        PreviewBrokerOrderApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/accounts/${encodeURIComponent(String(queryArg.brokerAccountId))}/preview`,
          method: "POST",
          body: queryArg.brokerOrderWish,
        }),
        invalidatesTags: ["brokers"],
      }),
      listBrokerOrders: build.query<
        ListBrokerOrdersApiResponse,
        ListBrokerOrdersApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/accounts/${encodeURIComponent(String(queryArg.brokerAccountId))}/orders`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["brokers"],
      }),
      placeBrokerOrder: build.mutation<
        PlaceBrokerOrderApiResponse,
        PlaceBrokerOrderApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/accounts/${encodeURIComponent(String(queryArg.brokerAccountId))}/orders`,
          method: "POST",
          body: queryArg.brokerOrderWish,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["brokers"],
      }),
      getBrokerOrder: build.query<
        GetBrokerOrderApiResponse,
        GetBrokerOrderApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/orders/${encodeURIComponent(String(queryArg.brokerOrderId))}`,
        }),
        providesTags: ["brokers"],
      }),
      cancelBrokerOrder: build.mutation<
        CancelBrokerOrderApiResponse,
        CancelBrokerOrderApiArg
      >({
        query: (queryArg) => ({
          url: `/brokers/orders/${encodeURIComponent(String(queryArg.brokerOrderId))}/cancel`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["brokers"],
      }),
      listBlotters: build.query<ListBlottersApiResponse, ListBlottersApiArg>({
        query: (queryArg) => ({
          url: `/blotters`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["blotters"],
      }),
      createBlotter: build.mutation<
        CreateBlotterApiResponse,
        CreateBlotterApiArg
      >({
        query: (queryArg) => ({
          url: `/blotters`,
          method: "POST",
          body: queryArg.blotterRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
          params: {
            dry_run: queryArg.dryRun,
          },
        }),
        invalidatesTags: ["blotters"],
      }),
      uploadBlotter: build.mutation<
        UploadBlotterApiResponse,
        UploadBlotterApiArg
      >({
        query: (queryArg) => ({
          url: `/blotters/file`,
          method: "POST",
          body: queryArg.body,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
          params: {
            dry_run: queryArg.dryRun,
            sales_fund_buys: queryArg.salesFundBuys,
            joint: queryArg.joint,
          },
        }),
        invalidatesTags: ["blotters"],
      }),
      getBlotterTemplate: build.query<
        GetBlotterTemplateApiResponse,
        GetBlotterTemplateApiArg
      >({
        query: (queryArg) => ({
          url: `/blotters/template`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
          },
        }),
        providesTags: ["blotters"],
      }),
      getBlotter: build.query<GetBlotterApiResponse, GetBlotterApiArg>({
        query: (queryArg) => ({
          url: `/blotters/${encodeURIComponent(String(queryArg.blotterId))}`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["blotters"],
      }),
      previewBlotter: build.mutation<
        PreviewBlotterApiResponse,
        PreviewBlotterApiArg
      >({
        query: (queryArg) => ({
          url: `/blotters/${encodeURIComponent(String(queryArg.blotterId))}/preview`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["blotters"],
      }),
      replayBlotter: build.mutation<
        ReplayBlotterApiResponse,
        ReplayBlotterApiArg
      >({
        query: (queryArg) => ({
          url: `/blotters/${encodeURIComponent(String(queryArg.blotterId))}/replay`,
          method: "POST",
        }),
        invalidatesTags: ["blotters"],
      }),
      commitBlotter: build.mutation<
        CommitBlotterApiResponse,
        CommitBlotterApiArg
      >({
        query: (queryArg) => ({
          url: `/blotters/${encodeURIComponent(String(queryArg.blotterId))}/commit`,
          method: "POST",
          body: queryArg.blotterCommit,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["blotters"],
      }),
      getPositions: build.query<GetPositionsApiResponse, GetPositionsApiArg>({
        query: (queryArg) => ({
          url: `/positions/${encodeURIComponent(String(queryArg.accountId))}`,
          params: {
            as_of: queryArg.asOf,
          },
        }),
        providesTags: ["market-data"],
      }),
      getCash: build.query<GetCashApiResponse, GetCashApiArg>({
        query: (queryArg) => ({
          url: `/cash/${encodeURIComponent(String(queryArg.accountId))}`,
        }),
        providesTags: ["market-data"],
      }),
      getMarketData: build.query<GetMarketDataApiResponse, GetMarketDataApiArg>(
        {
          query: (queryArg) => ({
            url: `/data/market`,
            params: {
              start_date: queryArg.startDate,
              end_date: queryArg.endDate,
              frequency: queryArg.frequency,
              fill: queryArg.fill,
              known_at: queryArg.knownAt,
              return_type: queryArg.returnType,
              assets: queryArg.assets,
              fields: queryArg.fields,
            },
          }),
          providesTags: ["market-history"],
        },
      ),
      listMarketAssets: build.query<
        ListMarketAssetsApiResponse,
        ListMarketAssetsApiArg
      >({
        query: () => ({ url: `/data/market/assets` }),
        providesTags: ["market-history"],
      }),
      getLatestMarketData: build.query<
        GetLatestMarketDataApiResponse,
        GetLatestMarketDataApiArg
      >({
        query: (queryArg) => ({
          url: `/data/market/latest`,
          params: {
            assets: queryArg.assets,
            fields: queryArg.fields,
            known_at: queryArg.knownAt,
          },
        }),
        providesTags: ["market-history"],
      }),
      getMarketMetrics: build.query<
        GetMarketMetricsApiResponse,
        GetMarketMetricsApiArg
      >({
        query: (queryArg) => ({
          url: `/data/market/metrics`,
          params: {
            period: queryArg.period,
            known_at: queryArg.knownAt,
            benchmark: queryArg.benchmark,
            assets: queryArg.assets,
            metrics: queryArg.metrics,
            risk_free_rate: queryArg.riskFreeRate,
            periods_per_year: queryArg.periodsPerYear,
          },
        }),
        providesTags: ["market-history"],
      }),
      getMarketCorrelation: build.query<
        GetMarketCorrelationApiResponse,
        GetMarketCorrelationApiArg
      >({
        query: (queryArg) => ({
          url: `/data/market/correlation`,
          params: {
            period: queryArg.period,
            known_at: queryArg.knownAt,
            assets: queryArg.assets,
            method: queryArg.method,
          },
        }),
        providesTags: ["market-history"],
      }),
      batchMarketData: build.mutation<
        BatchMarketDataApiResponse,
        BatchMarketDataApiArg
      >({
        query: (queryArg) => ({
          url: `/data/market/batch`,
          method: "POST",
          body: queryArg.marketBatch,
        }),
        invalidatesTags: ["market-history"],
      }),
      importMarketData: build.mutation<
        ImportMarketDataApiResponse,
        ImportMarketDataApiArg
      >({
        query: (queryArg) => ({
          url: `/data/market/import`,
          method: "POST",
          body: queryArg.marketImport,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
          params: {
            source: queryArg.source,
            dry_run: queryArg.dryRun,
          },
        }),
        invalidatesTags: ["market-history"],
      }),
      getMarketRefresh: build.query<
        GetMarketRefreshApiResponse,
        GetMarketRefreshApiArg
      >({
        query: () => ({ url: `/data/market/refresh` }),
        providesTags: ["market-history"],
      }),
      refreshMarketData: build.mutation<
        RefreshMarketDataApiResponse,
        RefreshMarketDataApiArg
      >({
        query: (queryArg) => ({
          url: `/data/market/refresh`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["market-history"],
      }),
      analyzeRisk: build.mutation<AnalyzeRiskApiResponse, AnalyzeRiskApiArg>({
        query: (queryArg) => ({
          url: `/risk/analyze`,
          method: "POST",
          body: queryArg.riskRequest,
        }),
        invalidatesTags: ["risk"],
      }),
      getRegimeStatus: build.query<
        GetRegimeStatusApiResponse,
        GetRegimeStatusApiArg
      >({
        query: (queryArg) => ({
          url: `/regime/status`,
          params: {
            known_at: queryArg.knownAt,
          },
        }),
        providesTags: ["regime"],
      }),
      getRegimeHistory: build.query<
        GetRegimeHistoryApiResponse,
        GetRegimeHistoryApiArg
      >({
        query: (queryArg) => ({
          url: `/regime/history`,
          params: {
            end_date: queryArg.endDate,
            known_at: queryArg.knownAt,
            start_date: queryArg.startDate,
          },
        }),
        providesTags: ["regime"],
      }),
      getRegimeRecord: build.query<
        GetRegimeRecordApiResponse,
        GetRegimeRecordApiArg
      >({
        query: (queryArg) => ({
          url: `/regime/record`,
          params: {
            end_date: queryArg.endDate,
            known_at: queryArg.knownAt,
            start_date: queryArg.startDate,
            cost_basis_points: queryArg.costBasisPoints,
          },
        }),
        providesTags: ["regime"],
      }),
      listBacktests: build.query<ListBacktestsApiResponse, ListBacktestsApiArg>(
        {
          query: (queryArg) => ({
            url: `/backtest`,
            params: {
              cursor: queryArg.cursor,
              limit: queryArg.limit,
            },
          }),
          providesTags: ["backtest"],
        },
      ),
      runBacktest: build.mutation<RunBacktestApiResponse, RunBacktestApiArg>({
        query: (queryArg) => ({
          url: `/backtest/run`,
          method: "POST",
          body: queryArg.backtestRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["backtest"],
      }),
      listBacktestGrids: build.query<
        ListBacktestGridsApiResponse,
        ListBacktestGridsApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/grids`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["backtest"],
      }),
      runBacktestGrid: build.mutation<
        RunBacktestGridApiResponse,
        RunBacktestGridApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/grids`,
          method: "POST",
          body: queryArg.backtestGridRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["backtest"],
      }),
      getBacktestGrid: build.query<
        GetBacktestGridApiResponse,
        GetBacktestGridApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/grids/${encodeURIComponent(String(queryArg.gridId))}`,
        }),
        providesTags: ["backtest"],
      }),
      deleteBacktestGrid: build.mutation<
        DeleteBacktestGridApiResponse,
        DeleteBacktestGridApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/grids/${encodeURIComponent(String(queryArg.gridId))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["backtest"],
      }),
      compareBacktests: build.query<
        CompareBacktestsApiResponse,
        CompareBacktestsApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/comparison`,
          params: {
            backtest_ids: queryArg.backtestIds,
          },
        }),
        providesTags: ["backtest"],
      }),
      getBacktest: build.query<GetBacktestApiResponse, GetBacktestApiArg>({
        query: (queryArg) => ({
          url: `/backtest/${encodeURIComponent(String(queryArg.backtestId))}`,
        }),
        providesTags: ["backtest"],
      }),
      deleteBacktest: build.mutation<
        DeleteBacktestApiResponse,
        DeleteBacktestApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/${encodeURIComponent(String(queryArg.backtestId))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["backtest"],
      }),
      getBacktestTimeSeries: build.query<
        GetBacktestTimeSeriesApiResponse,
        GetBacktestTimeSeriesApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/${encodeURIComponent(String(queryArg.backtestId))}/time-series`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
          },
        }),
        providesTags: ["backtest"],
      }),
      getBacktestTransactions: build.query<
        GetBacktestTransactionsApiResponse,
        GetBacktestTransactionsApiArg
      >({
        query: (queryArg) => ({
          url: `/backtest/${encodeURIComponent(String(queryArg.backtestId))}/transactions`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
          },
        }),
        providesTags: ["backtest"],
      }),
      optimizePortfolio: build.mutation<
        OptimizePortfolioApiResponse,
        OptimizePortfolioApiArg
      >({
        query: (queryArg) => ({
          url: `/portfolio/optimize`,
          method: "POST",
          body: queryArg.optimizationRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["optimization"],
      }),
      listOptimizedPortfolios: build.query<
        ListOptimizedPortfoliosApiResponse,
        ListOptimizedPortfoliosApiArg
      >({
        query: (queryArg) => ({
          url: `/portfolio`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["optimization"],
      }),
      getOptimizedPortfolio: build.query<
        GetOptimizedPortfolioApiResponse,
        GetOptimizedPortfolioApiArg
      >({
        query: (queryArg) => ({
          url: `/portfolio/${encodeURIComponent(String(queryArg.portfolioId))}`,
        }),
        providesTags: ["optimization"],
      }),
      replayOptimizedPortfolio: build.mutation<
        ReplayOptimizedPortfolioApiResponse,
        ReplayOptimizedPortfolioApiArg
      >({
        query: (queryArg) => ({
          url: `/portfolio/${encodeURIComponent(String(queryArg.portfolioId))}/replay`,
          method: "POST",
        }),
        invalidatesTags: ["optimization"],
      }),
      updateMarketData: build.mutation<
        UpdateMarketDataApiResponse,
        UpdateMarketDataApiArg
      >({
        query: (queryArg) => ({
          url: `/webhook/market-data-update`,
          method: "POST",
          body: queryArg.marketDataUpdate,
        }),
        invalidatesTags: ["webhook"],
      }),
      tellRowChange: build.mutation<
        TellRowChangeApiResponse,
        TellRowChangeApiArg
      >({
        query: (queryArg) => ({
          url: `/webhook/database`,
          method: "POST",
          body: queryArg.databaseWebhook,
        }),
        invalidatesTags: ["webhook"],
      }),
      getMonitorStatus: build.query<
        GetMonitorStatusApiResponse,
        GetMonitorStatusApiArg
      >({
        query: () => ({ url: `/monitor/status` }),
        providesTags: ["monitor"],
      }),
      followMonitor: build.query<FollowMonitorApiResponse, FollowMonitorApiArg>(
        {
          query: () => ({ url: `/monitor/events` }),
          providesTags: ["monitor"],
        },
      ),
      getMonitoredPortfolio: build.query<
        GetMonitoredPortfolioApiResponse,
        GetMonitoredPortfolioApiArg
      >({
        query: (queryArg) => ({
          url: `/monitor/portfolio/${encodeURIComponent(String(queryArg.portfolioId))}/status`,
        }),
        providesTags: ["monitor"],
      }),
      putMonitorConfig: build.mutation<
        PutMonitorConfigApiResponse,
        PutMonitorConfigApiArg
      >({
        query: (queryArg) => ({
          url: `/monitor/portfolio/${encodeURIComponent(String(queryArg.portfolioId))}/config`,
          method: "PUT",
          body: queryArg.monitorConfig,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["monitor"],
      }),
      recalculatePortfolio: build.mutation<
        RecalculatePortfolioApiResponse,
        RecalculatePortfolioApiArg
      >({
        query: (queryArg) => ({
          url: `/monitor/portfolio/${encodeURIComponent(String(queryArg.portfolioId))}/recalculate`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["monitor"],
      }),
      loadReference: build.mutation<
        LoadReferenceApiResponse,
        LoadReferenceApiArg
      >({
        query: (queryArg) => ({
          url: `/admin/reference`,
          method: "PUT",
          body: queryArg.loadRequest,
        }),
        invalidatesTags: ["reference"],
      }),
      exportReferenceFile: build.query<
        ExportReferenceFileApiResponse,
        ExportReferenceFileApiArg
      >({
        query: (queryArg) => ({
          url: `/admin/reference/${encodeURIComponent(String(queryArg.referenceFile))}`,
          params: {
            bom: queryArg.bom,
          },
        }),
        providesTags: ["reference"],
      }),
      loadReferenceFile: build.mutation<
        LoadReferenceFileApiResponse,
        LoadReferenceFileApiArg
      >({
        query: (queryArg) => ({
          url: `/admin/reference/${encodeURIComponent(String(queryArg.referenceFile))}`,
          method: "PUT",
          body: queryArg.body,
          params: {
            comment: queryArg.comment,
            remove: queryArg.remove,
            dry_run: queryArg.dryRun,
          },
        }),
        invalidatesTags: ["reference"],
      }),
      calculateDrift: build.mutation<
        CalculateDriftApiResponse,
        CalculateDriftApiArg
      >({
        query: (queryArg) => ({
          url: `/allocation/calculate`,
          method: "POST",
          body: queryArg.calculate,
        }),
        invalidatesTags: ["allocation"],
      }),
      getTargetValues: build.query<
        GetTargetValuesApiResponse,
        GetTargetValuesApiArg
      >({
        query: (queryArg) => ({
          url: `/allocation/targets`,
          params: {
            portfolio_value: queryArg.portfolioValue,
          },
        }),
        providesTags: ["allocation"],
      }),
      calculateTargetValues: build.mutation<
        CalculateTargetValuesApiResponse,
        CalculateTargetValuesApiArg
      >({
        query: (queryArg) => ({
          url: `/allocation/targets`,
          method: "POST",
          body: queryArg.targetsBody,
        }),
        invalidatesTags: ["allocation"],
      }),
      getRebalancingCheck: build.query<
        GetRebalancingCheckApiResponse,
        GetRebalancingCheckApiArg
      >({
        query: (queryArg) => ({
          url: `/allocation/check-rebalancing`,
          params: {
            holdings: queryArg.holdings,
            portfolio_value: queryArg.portfolioValue,
            threshold: queryArg.threshold,
          },
        }),
        providesTags: ["allocation"],
      }),
      checkRebalancing: build.mutation<
        CheckRebalancingApiResponse,
        CheckRebalancingApiArg
      >({
        query: (queryArg) => ({
          url: `/allocation/check-rebalancing`,
          method: "POST",
          body: queryArg.driftBody,
        }),
        invalidatesTags: ["allocation"],
      }),
      getDriftAnalysis: build.query<
        GetDriftAnalysisApiResponse,
        GetDriftAnalysisApiArg
      >({
        query: (queryArg) => ({
          url: `/allocation/drift-analysis`,
          params: {
            holdings: queryArg.holdings,
            portfolio_value: queryArg.portfolioValue,
            threshold: queryArg.threshold,
          },
        }),
        providesTags: ["allocation"],
      }),
      analyseDrift: build.mutation<AnalyseDriftApiResponse, AnalyseDriftApiArg>(
        {
          query: (queryArg) => ({
            url: `/allocation/drift-analysis`,
            method: "POST",
            body: queryArg.driftBody,
          }),
          invalidatesTags: ["allocation"],
        },
      ),
      listTargetSets: build.query<
        ListTargetSetsApiResponse,
        ListTargetSetsApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/target-sets`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            scope: queryArg.scope,
            scope_id: queryArg.scopeId,
            dimension: queryArg.dimension,
            on: queryArg.on,
          },
        }),
        providesTags: ["target-sets"],
      }),
      stateTargets: build.mutation<StateTargetsApiResponse, StateTargetsApiArg>(
        {
          query: (queryArg) => ({
            url: `/drift/target-sets`,
            method: "POST",
            body: queryArg.stateTargets,
            headers: {
              "Idempotency-Key": queryArg["Idempotency-Key"],
            },
          }),
          invalidatesTags: ["target-sets"],
        },
      ),
      getTargetSet: build.query<GetTargetSetApiResponse, GetTargetSetApiArg>({
        query: (queryArg) => ({
          url: `/drift/target-sets/${encodeURIComponent(String(queryArg.targetSetId))}`,
        }),
        providesTags: ["target-sets"],
      }),
      retireTargets: build.mutation<
        RetireTargetsApiResponse,
        RetireTargetsApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/target-sets/${encodeURIComponent(String(queryArg.targetSetId))}/retire`,
          method: "POST",
          body: queryArg.endTargets,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["target-sets"],
      }),
      approveTargets: build.mutation<
        ApproveTargetsApiResponse,
        ApproveTargetsApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/target-sets/${encodeURIComponent(String(queryArg.targetSetId))}/approve`,
          method: "POST",
          body: queryArg.decideTargets,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["target-sets"],
      }),
      rejectTargets: build.mutation<
        RejectTargetsApiResponse,
        RejectTargetsApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/target-sets/${encodeURIComponent(String(queryArg.targetSetId))}/reject`,
          method: "POST",
          body: queryArg.decideTargets,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["target-sets"],
      }),
      withdrawTargets: build.mutation<
        WithdrawTargetsApiResponse,
        WithdrawTargetsApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/target-sets/${encodeURIComponent(String(queryArg.targetSetId))}/withdraw`,
          method: "POST",
          body: queryArg.decideTargets,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["target-sets"],
      }),
      listProposals: build.query<ListProposalsApiResponse, ListProposalsApiArg>(
        {
          query: (queryArg) => ({
            url: `/drift/proposals`,
            params: {
              cursor: queryArg.cursor,
              limit: queryArg.limit,
            },
          }),
          providesTags: ["proposals"],
        },
      ),
      createProposal: build.mutation<
        CreateProposalApiResponse,
        CreateProposalApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/proposals`,
          method: "POST",
          body: queryArg.proposalRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["proposals"],
      }),
      getProposal: build.query<GetProposalApiResponse, GetProposalApiArg>({
        query: (queryArg) => ({
          url: `/drift/proposals/${encodeURIComponent(String(queryArg.proposalId))}`,
        }),
        providesTags: ["proposals"],
      }),
      makeBlotterOfProposal: build.mutation<
        MakeBlotterOfProposalApiResponse,
        MakeBlotterOfProposalApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/proposals/${encodeURIComponent(String(queryArg.proposalId))}/blotter`,
          method: "POST",
          body: queryArg.proposalBlotter,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["proposals"],
      }),
      listReallocations: build.query<
        ListReallocationsApiResponse,
        ListReallocationsApiArg
      >({
        query: (queryArg) => ({
          url: `/reallocation`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["reallocation"],
      }),
      evaluateReallocation: build.mutation<
        EvaluateReallocationApiResponse,
        EvaluateReallocationApiArg
      >({
        query: (queryArg) => ({
          url: `/reallocation/evaluate`,
          method: "POST",
          body: queryArg.reallocationRequest,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["reallocation"],
      }),
      getReallocation: build.query<
        GetReallocationApiResponse,
        GetReallocationApiArg
      >({
        query: (queryArg) => ({
          url: `/reallocation/${encodeURIComponent(String(queryArg.reallocationId))}`,
        }),
        providesTags: ["reallocation"],
      }),
      makeBlotterOfReallocation: build.mutation<
        MakeBlotterOfReallocationApiResponse,
        MakeBlotterOfReallocationApiArg
      >({
        query: (queryArg) => ({
          url: `/reallocation/${encodeURIComponent(String(queryArg.reallocationId))}/blotter`,
          method: "POST",
          body: queryArg.reallocationBlotter,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["reallocation"],
      }),
      getAccountDrift: build.query<
        GetAccountDriftApiResponse,
        GetAccountDriftApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/accounts/${encodeURIComponent(String(queryArg.accountId))}`,
          params: {
            as_of: queryArg.asOf,
          },
        }),
        providesTags: ["drift"],
      }),
      getGroupDrift: build.query<GetGroupDriftApiResponse, GetGroupDriftApiArg>(
        {
          query: (queryArg) => ({
            url: `/drift/portfolio-groups/${encodeURIComponent(String(queryArg.groupId))}`,
            params: {
              as_of: queryArg.asOf,
            },
          }),
          providesTags: ["drift"],
        },
      ),
      listOutOfBand: build.query<ListOutOfBandApiResponse, ListOutOfBandApiArg>(
        {
          query: (queryArg) => ({
            url: `/drift/out-of-band`,
            params: {
              cursor: queryArg.cursor,
              limit: queryArg.limit,
              as_of: queryArg.asOf,
              group_id: queryArg.groupId,
              dimension: queryArg.dimension,
              only_out: queryArg.onlyOut,
            },
          }),
          providesTags: ["drift"],
        },
      ),
      checkDrift: build.mutation<CheckDriftApiResponse, CheckDriftApiArg>({
        query: (queryArg) => ({
          url: `/drift/checks`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["drift-history"],
      }),
      listDriftHistory: build.query<
        ListDriftHistoryApiResponse,
        ListDriftHistoryApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/history`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            scope: queryArg.scope,
            scope_id: queryArg.scopeId,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            dimension: queryArg.dimension,
            class_key: queryArg.classKey,
            kind: queryArg.kind,
            check_id: queryArg.checkId,
          },
        }),
        providesTags: ["drift-history"],
      }),
      getDriftAttribution: build.query<
        GetDriftAttributionApiResponse,
        GetDriftAttributionApiArg
      >({
        query: (queryArg) => ({
          url: `/drift/attribution`,
          params: {
            account_id: queryArg.accountId,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            dimension: queryArg.dimension,
          },
        }),
        providesTags: ["drift-history"],
      }),
      getFairnessPolicy: build.query<
        GetFairnessPolicyApiResponse,
        GetFairnessPolicyApiArg
      >({
        query: (queryArg) => ({
          url: `/fairness/policy`,
          params: {
            policy_id: queryArg.policyId,
            version: queryArg.version,
          },
        }),
        providesTags: ["fairness"],
      }),
      putFairnessPolicy: build.mutation<
        PutFairnessPolicyApiResponse,
        PutFairnessPolicyApiArg
      >({
        query: (queryArg) => ({
          url: `/fairness/policy`,
          method: "PUT",
          body: queryArg.putPolicy,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["fairness"],
      }),
      listFairnessPolicies: build.query<
        ListFairnessPoliciesApiResponse,
        ListFairnessPoliciesApiArg
      >({
        query: (queryArg) => ({
          url: `/fairness/policies`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
          },
        }),
        providesTags: ["fairness"],
      }),
      listJobs: build.query<ListJobsApiResponse, ListJobsApiArg>({
        query: (queryArg) => ({
          url: `/jobs`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            state: queryArg.state,
            kind: queryArg.kind,
            of_all: queryArg.ofAll,
          },
        }),
        providesTags: ["jobs"],
      }),
      getJob: build.query<GetJobApiResponse, GetJobApiArg>({
        query: (queryArg) => ({
          url: `/jobs/${encodeURIComponent(String(queryArg.jobId))}`,
        }),
        providesTags: ["jobs"],
      }),
      cancelJob: build.mutation<CancelJobApiResponse, CancelJobApiArg>({
        query: (queryArg) => ({
          url: `/jobs/${encodeURIComponent(String(queryArg.jobId))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["jobs"],
      }),
      followJob: build.query<FollowJobApiResponse, FollowJobApiArg>({
        query: (queryArg) => ({
          url: `/jobs/${encodeURIComponent(String(queryArg.jobId))}/events`,
        }),
        providesTags: ["jobs"],
      }),
      reportAllocationHistory: build.query<
        ReportAllocationHistoryApiResponse,
        ReportAllocationHistoryApiArg
      >({
        query: (queryArg) => ({
          url: `/reports/allocation-history`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            account_id: queryArg.accountId,
            allocation_id: queryArg.allocationId,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            security_id: queryArg.securityId,
            status: queryArg.status,
          },
        }),
        providesTags: ["reports"],
      }),
      reportAllocationHistoryCsv: build.query<
        ReportAllocationHistoryCsvApiResponse,
        ReportAllocationHistoryCsvApiArg
      >({
        query: (queryArg) => ({
          url: `/reports/allocation-history.csv`,
          params: {
            bom: queryArg.bom,
            account_id: queryArg.accountId,
            allocation_id: queryArg.allocationId,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            security_id: queryArg.securityId,
            status: queryArg.status,
          },
        }),
        providesTags: ["reports"],
      }),
      reportFairness: build.query<
        ReportFairnessApiResponse,
        ReportFairnessApiArg
      >({
        query: (queryArg) => ({
          url: `/reports/fairness`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            group_id: queryArg.groupId,
            side: queryArg.side,
            method: queryArg.method,
          },
        }),
        providesTags: ["reports"],
      }),
      reportFairnessCsv: build.query<
        ReportFairnessCsvApiResponse,
        ReportFairnessCsvApiArg
      >({
        query: (queryArg) => ({
          url: `/reports/fairness.csv`,
          params: {
            bom: queryArg.bom,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            group_id: queryArg.groupId,
            side: queryArg.side,
            method: queryArg.method,
          },
        }),
        providesTags: ["reports"],
      }),
      reportFairnessLedger: build.query<
        ReportFairnessLedgerApiResponse,
        ReportFairnessLedgerApiArg
      >({
        query: (queryArg) => ({
          url: `/reports/fairness-ledger`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            group_id: queryArg.groupId,
            side: queryArg.side,
          },
        }),
        providesTags: ["reports"],
      }),
      reportFairnessReplay: build.query<
        ReportFairnessReplayApiResponse,
        ReportFairnessReplayApiArg
      >({
        query: (queryArg) => ({
          url: `/reports/fairness-ledger/replay`,
          params: {
            bom: queryArg.bom,
            format: queryArg.format,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            group_id: queryArg.groupId,
            side: queryArg.side,
            rule: queryArg.rule,
            fairness_weight: queryArg.fairnessWeight,
          },
        }),
        providesTags: ["reports"],
      }),
      listAlerts: build.query<ListAlertsApiResponse, ListAlertsApiArg>({
        query: (queryArg) => ({
          url: `/alerts`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            state: queryArg.state,
            severity: queryArg.severity,
            rule: queryArg.rule,
            subject: queryArg.subject,
          },
        }),
        providesTags: ["alerts"],
      }),
      countAlerts: build.query<CountAlertsApiResponse, CountAlertsApiArg>({
        query: () => ({ url: `/alerts/summary` }),
        providesTags: ["alerts"],
      }),
      readAlerts: build.mutation<ReadAlertsApiResponse, ReadAlertsApiArg>({
        query: (queryArg) => ({
          url: `/alerts/read`,
          method: "POST",
          body: queryArg.alertsRead,
        }),
        invalidatesTags: ["alerts"],
      }),
      getAlert: build.query<GetAlertApiResponse, GetAlertApiArg>({
        query: (queryArg) => ({
          url: `/alerts/${encodeURIComponent(String(queryArg.alertId))}`,
        }),
        providesTags: ["alerts"],
      }),
      acknowledgeAlert: build.mutation<
        AcknowledgeAlertApiResponse,
        AcknowledgeAlertApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/${encodeURIComponent(String(queryArg.alertId))}/acknowledge`,
          method: "POST",
          body: queryArg.alertNote,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["alerts"],
      }),
      listAlertChannels: build.query<
        ListAlertChannelsApiResponse,
        ListAlertChannelsApiArg
      >({
        query: () => ({ url: `/alerts/channels` }),
        providesTags: ["alerts"],
      }),
      addAlertChannel: build.mutation<
        AddAlertChannelApiResponse,
        AddAlertChannelApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/channels`,
          method: "POST",
          body: queryArg.channelTerms,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["alerts"],
      }),
      putAlertChannel: build.mutation<
        PutAlertChannelApiResponse,
        PutAlertChannelApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/channels/${encodeURIComponent(String(queryArg.channelId))}`,
          method: "PUT",
          body: queryArg.putChannel,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["alerts"],
      }),
      deleteAlertChannel: build.mutation<
        DeleteAlertChannelApiResponse,
        DeleteAlertChannelApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/channels/${encodeURIComponent(String(queryArg.channelId))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["alerts"],
      }),
      testAlertChannel: build.mutation<
        TestAlertChannelApiResponse,
        TestAlertChannelApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/channels/${encodeURIComponent(String(queryArg.channelId))}/test`,
          method: "POST",
        }),
        invalidatesTags: ["alerts"],
      }),
      listAlertDeliveries: build.query<
        ListAlertDeliveriesApiResponse,
        ListAlertDeliveriesApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/deliveries`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            state: queryArg.state,
            channel_id: queryArg.channelId,
          },
        }),
        providesTags: ["alerts"],
      }),
      retryAlertDelivery: build.mutation<
        RetryAlertDeliveryApiResponse,
        RetryAlertDeliveryApiArg
      >({
        query: (queryArg) => ({
          url: `/alerts/deliveries/${encodeURIComponent(String(queryArg.deliveryId))}/retry`,
          method: "POST",
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["alerts"],
      }),
      listAuditRecords: build.query<
        ListAuditRecordsApiResponse,
        ListAuditRecordsApiArg
      >({
        query: (queryArg) => ({
          url: `/audit`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            action: queryArg.action,
            entity_type: queryArg.entityType,
            entity_id: queryArg.entityId,
            username: queryArg.username,
            request_id: queryArg.requestId,
            address: queryArg.address,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
          },
        }),
        providesTags: ["audit"],
      }),
      verifyAuditTrail: build.query<
        VerifyAuditTrailApiResponse,
        VerifyAuditTrailApiArg
      >({
        query: (queryArg) => ({
          url: `/audit/verify`,
          params: {
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
            anchor: queryArg.anchor,
          },
        }),
        providesTags: ["audit"],
      }),
      exportAuditTrail: build.query<
        ExportAuditTrailApiResponse,
        ExportAuditTrailApiArg
      >({
        query: (queryArg) => ({
          url: `/audit/export`,
          params: {
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
          },
        }),
        providesTags: ["audit"],
      }),
      getAuditRecord: build.query<
        GetAuditRecordApiResponse,
        GetAuditRecordApiArg
      >({
        query: (queryArg) => ({
          url: `/audit/${encodeURIComponent(String(queryArg.auditId))}`,
        }),
        providesTags: ["audit"],
      }),
      listActivity: build.query<ListActivityApiResponse, ListActivityApiArg>({
        query: (queryArg) => ({
          url: `/audit/activity`,
          params: {
            cursor: queryArg.cursor,
            limit: queryArg.limit,
            username: queryArg.username,
            endpoint: queryArg.endpoint,
            status: queryArg.status,
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
          },
        }),
        providesTags: ["audit"],
      }),
      showUsage: build.query<ShowUsageApiResponse, ShowUsageApiArg>({
        query: (queryArg) => ({
          url: `/usage`,
          params: {
            date_from: queryArg.dateFrom,
            date_to: queryArg.dateTo,
          },
        }),
        providesTags: ["usage"],
      }),
      noteUsage: build.mutation<NoteUsageApiResponse, NoteUsageApiArg>({
        query: (queryArg) => ({
          url: `/usage`,
          method: "POST",
          body: queryArg.usageEvents,
        }),
        invalidatesTags: ["usage"],
      }),
      listPreferences: build.query<
        ListPreferencesApiResponse,
        ListPreferencesApiArg
      >({
        query: () => ({ url: `/preferences` }),
        providesTags: ["preferences"],
      }),
      putPreference: build.mutation<
        PutPreferenceApiResponse,
        PutPreferenceApiArg
      >({
        query: (queryArg) => ({
          url: `/preferences/${encodeURIComponent(String(queryArg.preferenceName))}`,
          method: "PUT",
          body: queryArg.putPreference,
        }),
        invalidatesTags: ["preferences"],
      }),
      deletePreference: build.mutation<
        DeletePreferenceApiResponse,
        DeletePreferenceApiArg
      >({
        query: (queryArg) => ({
          url: `/preferences/${encodeURIComponent(String(queryArg.preferenceName))}`,
          method: "DELETE",
        }),
        invalidatesTags: ["preferences"],
      }),
      getEmergencyStop: build.query<
        GetEmergencyStopApiResponse,
        GetEmergencyStopApiArg
      >({
        query: () => ({ url: `/system/emergency-stop` }),
        providesTags: ["system"],
      }),
      stopTrading: build.mutation<StopTradingApiResponse, StopTradingApiArg>({
        query: (queryArg) => ({
          url: `/system/emergency-stop`,
          method: "POST",
          body: queryArg.stop,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["system"],
      }),
      resumeTrading: build.mutation<
        ResumeTradingApiResponse,
        ResumeTradingApiArg
      >({
        query: (queryArg) => ({
          url: `/system/emergency-stop/reset`,
          method: "POST",
          body: queryArg.reset,
          headers: {
            "Idempotency-Key": queryArg["Idempotency-Key"],
          },
        }),
        invalidatesTags: ["system"],
      }),
      getSystemStatus: build.query<
        GetSystemStatusApiResponse,
        GetSystemStatusApiArg
      >({
        query: () => ({ url: `/system/status` }),
        providesTags: ["system"],
      }),
      getDesk: build.query<GetDeskApiResponse, GetDeskApiArg>({
        query: () => ({ url: `/system/desk` }),
        providesTags: ["system"],
      }),
      getVendorState: build.query<
        GetVendorStateApiResponse,
        GetVendorStateApiArg
      >({
        query: () => ({ url: `/system/vendor` }),
        providesTags: ["system"],
      }),
      live: build.query<LiveApiResponse, LiveApiArg>({
        query: () => ({ url: `/health/live` }),
        providesTags: ["health"],
      }),
      ready: build.query<ReadyApiResponse, ReadyApiArg>({
        query: () => ({ url: `/health/ready` }),
        providesTags: ["health"],
      }),
    }),
    overrideExisting: false,
  });
export { injectedRtkApi as api };
export type LoginApiResponse =
  /** status 200 Tokens for a user: send the access token as `Authorization: Bearer <access_token>`. */ Session;
export type LoginApiArg = {
  login: Login;
};
export type RefreshApiResponse =
  /** status 200 Tokens for a user: send the access token as `Authorization: Bearer <access_token>`. */ Session;
export type RefreshApiArg = {
  refresh: Refresh;
};
export type LogoutApiResponse = /** status 200 What was ended. */ LogoutResult;
export type LogoutApiArg = {
  logout: Logout;
};
export type MeApiResponse =
  /** status 200 A user and what the user may do. */ User;
export type MeApiArg = void;
export type ListRolesApiResponse = /** status 200 All roles. */ Roles;
export type ListRolesApiArg = void;
export type ListSessionsApiResponse =
  /** status 200 The open sessions of a user, the newest first. */ OpenSessions;
export type ListSessionsApiArg = void;
export type EndSessionsApiResponse =
  /** status 200 How many sessions were ended. */ Ended;
export type EndSessionsApiArg = void;
export type EndSessionApiResponse =
  /** status 200 How many sessions were ended. */ Ended;
export type EndSessionApiArg = {
  /** Id of the session. */
  sessionId: string;
};
export type GetSignOnApiResponse =
  /** status 200 How users log in: by single sign-on, or as a demo user. */ SignOn;
export type GetSignOnApiArg = void;
export type ChangePasswordApiResponse =
  /** status 200 What was changed. */ PasswordChanged;
export type ChangePasswordApiArg = {
  changePassword: ChangePassword;
};
export type ListUsersApiResponse =
  /** status 200 A page of users, newest first. */ UserPage;
export type ListUsersApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Users whose name contains this. */
  name?: string;
  /** Users who may log in, or those who may not. */
  active?: boolean;
};
export type AddUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type AddUserApiArg = {
  addUser: AddUser;
};
export type GetUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type GetUserApiArg = {
  /** Id of the user. */
  userId: string;
};
export type SetPasswordApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type SetPasswordApiArg = {
  /** Id of the user. */
  userId: string;
  setPassword: SetPassword;
};
export type DisableUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type DisableUserApiArg = {
  /** Id of the user. */
  userId: string;
};
export type EnableUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type EnableUserApiArg = {
  /** Id of the user. */
  userId: string;
};
export type GrantUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type GrantUserApiArg = {
  /** Id of the user. */
  userId: string;
  grants: Grants;
};
export type RevokeUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type RevokeUserApiArg = {
  /** Id of the user. */
  userId: string;
  grants: Grants;
};
export type SetUserGroupsApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type SetUserGroupsApiArg = {
  /** Id of the user. */
  userId: string;
  groups: Groups;
};
export type EndUserSessionsApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type EndUserSessionsApiArg = {
  /** Id of the user. */
  userId: string;
};
export type UnlockUserApiResponse =
  /** status 200 A user as administrators see it. */ AdministeredUser;
export type UnlockUserApiArg = {
  /** Id of the user. */
  userId: string;
};
export type ListPortfolioGroupsApiResponse =
  /** status 200 All portfolio groups. */ PortfolioGroups;
export type ListPortfolioGroupsApiArg = void;
export type GetPortfolioGroupApiResponse =
  /** status 200 A portfolio group with all accounts under it, nested groups walked. */ PortfolioGroup;
export type GetPortfolioGroupApiArg = {
  /** Id of the portfolio group. */
  groupId: string;
};
export type ListGroupAccountsApiResponse =
  /** status 200 The accounts of one group. */ GroupAccounts;
export type ListGroupAccountsApiArg = {
  /** Id of the portfolio group. */
  groupId: string;
};
export type GetAccountApiResponse =
  /** status 200 An account with NAV, cash, risk and its groups. Money in its currency, durations in years. */ Account;
export type GetAccountApiArg = {
  /** Id of the account. */
  accountId: string;
};
export type GetAccountLedgerApiResponse =
  /** status 200 What the fairness ledgers owe one account. */ AccountBalances;
export type GetAccountLedgerApiArg = {
  /** Id of the account. */
  accountId: string;
  /** At most so many entries. */
  limit?: number;
};
export type SearchSecuritiesApiResponse =
  /** status 200 Bonds that match, the best match first. */ Securities;
export type SearchSecuritiesApiArg = {
  /** CUSIP, ISIN, ticker, issuer or words of the description. */
  query: string;
  /** At most so many bonds. */
  limit?: number;
};
export type GetSecurityApiResponse =
  /** status 200 All terms of a bond, with its price. */ SecurityDetail;
export type GetSecurityApiArg = {
  /** CUSIP or ISIN of the bond. */
  securityId: string;
};
export type GetSecurityAnalyticsApiResponse =
  /** status 200 Risk numbers of a bond on one date. */ SecurityAnalytics;
export type GetSecurityAnalyticsApiArg = {
  /** CUSIP or ISIN of the bond. */
  securityId: string;
};
export type GetSecurityHoldersApiResponse =
  /** status 200 Who holds a bond, the largest position first. */ Holders;
export type GetSecurityHoldersApiArg = {
  /** CUSIP or ISIN of the bond. */
  securityId: string;
  /** Accounts of these portfolio groups alone, by commas; left out for all that you may see. */
  groupId?: string;
};
export type PreviewAllocationApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type PreviewAllocationApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  previewRequest: PreviewRequest;
};
export type ComputeOrderCapacityApiResponse =
  /** status 200 What accounts, groups and all together could take of an order. */ OrderCapacity;
export type ComputeOrderCapacityApiArg = {
  capacityRequest: CapacityRequest;
};
export type GetAllocationApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type GetAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
};
export type ReplayAllocationApiResponse =
  /** status 200 Whether a recomputation from the stored inputs gives the stored numbers. */ Replay;
export type ReplayAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
};
export type GetAllocationFrontierApiResponse =
  /** status 200 What fairness costs in dispersion, for one stored preview. */ Frontier;
export type GetAllocationFrontierApiArg = {
  /** Id of the preview. */
  allocationId: string;
};
export type ListAllocationsApiResponse =
  /** status 200 A page of the allocation history, newest first. */ AllocationPage;
export type ListAllocationsApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Created on this day of the desk's time zone or later. */
  dateFrom?: string;
  /** Created on this day of the desk's time zone or earlier. */
  dateTo?: string;
  /** State. */
  status?: AllocationStatus;
  /** The bond. */
  securityId?: string;
  /** A group that took part. */
  groupId?: string;
  /** Who asked for it. */
  username?: string;
  /** How it was split. */
  method?: AllocationMethod;
  /** Which way. */
  side?: Side;
  /** An account that the preview gives some. */
  accountId?: string;
};
export type AdjustAllocationApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type AdjustAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  edits: Edits;
};
export type CompareAllocationsApiResponse =
  /** status 200 Several splits of one order from one reading of the book: always the numbers that were shown first. */ Comparison;
export type CompareAllocationsApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  comparisonRequest: ComparisonRequest;
};
export type GetComparisonApiResponse =
  /** status 200 Several splits of one order from one reading of the book: always the numbers that were shown first. */ Comparison;
export type GetComparisonApiArg = {
  /** Id of the comparison. */
  comparisonId: string;
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
};
export type ChooseVariantApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type ChooseVariantApiArg = {
  /** Id of the comparison. */
  comparisonId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  choice: Choice;
};
export type GetAllocationFixApiResponse =
  /** status 200 Give a committed allocation as a FIX 4.4 AllocationInstruction (35=J), by Aladdin's present word */ string;
export type GetAllocationFixApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** true: fields separated by bars, for people. */
  readable?: boolean;
};
export type ListAllocationFixMessagesApiResponse =
  /** status 200 A page of the FIX messages of an allocation, newest first. */ FixMessages;
export type ListAllocationFixMessagesApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type GetAllocationFixMessageApiResponse =
  /** status 200 Give a FIX message as it left, by its AllocID (70) */ string;
export type GetAllocationFixMessageApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** AllocID (70) of the message. */
  messageId: string;
  /** true: fields separated by bars, for people. */
  readable?: boolean;
};
export type CommitAllocationApiResponse =
  /** status 200 What became of a commit. */ CommitResult;
export type CommitAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  commit: Commit;
};
export type ApproveAllocationApiResponse =
  /** status 200 What became of a commit. */ CommitResult;
export type ApproveAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  approve: Approve;
};
export type RejectAllocationApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type RejectAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  reject: Reject;
};
export type WithdrawAllocationApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type WithdrawAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type SettleAllocationApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type SettleAllocationApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  settle: Settle;
};
export type RejectSettlementApiResponse =
  /** status 200 A preview, and what became of it: always the numbers that were shown first. */ Allocation;
export type RejectSettlementApiArg = {
  /** Id of the preview. */
  allocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  reject: Reject;
};
export type ListOrdersApiResponse =
  /** status 200 A page of orders, newest first. */ OrderPage;
export type ListOrdersApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows; with recorded=false at most 200. */
  limit?: number;
  /** Status, as it was last seen before this request. */
  status?: string;
  /** true: orders that Aladdin may still change. false: those that are over. */
  open?: boolean;
  /** Which way. */
  side?: Side;
  /** The bond. */
  securityId?: string;
  /** The allocation. */
  allocationId?: string;
  /** What the accounts' fills were, as they were last seen. */
  allocationState?: AllocationState;
  /** A group that the order was split over. */
  groupId?: string;
  /** An account with a slice. */
  accountId?: string;
  /** Who sent it. */
  username?: string;
  /** Sent on this day of the desk's time zone or later. */
  dateFrom?: string;
  /** Sent on this day of the desk's time zone or earlier. */
  dateTo?: string;
  /** false: `slices` are left empty, for a list of many orders. */
  slices?: boolean;
  /** true: as last recorded, at most RECOVERY_SECONDS ago where Aladdin answers; `touch_count` is then null. false: Aladdin is asked. */
  recorded?: boolean;
};
export type GetOrderApiResponse =
  /** status 200 One block order with Aladdin's present word on it. */ OrderDetail;
export type GetOrderApiArg = {
  /** Aladdin's id of the order. */
  orderId: string;
};
export type ModifyOrderApiResponse =
  /** status 200 What became of a change. */ ModifyResult;
export type ModifyOrderApiArg = {
  /** Aladdin's id of the order. */
  orderId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  modifyOrder: ModifyOrder;
};
export type CancelOrderApiResponse =
  /** status 200 What became of a cancellation. */ CancelResult;
export type CancelOrderApiArg = {
  /** Aladdin's id of the order. */
  orderId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  cancelOrder: CancelOrder;
};
export type GetOrderFillsApiResponse =
  /** status 200 What was filled of an order, and for whom. */ OrderFills;
export type GetOrderFillsApiArg = {
  /** Aladdin's id of the order. */
  orderId: string;
};
export type ListBrokerAccountsApiResponse =
  /** status 200 A page of accounts. */ BrokerAccountPage;
export type ListBrokerAccountsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type ConnectPaperAccountApiResponse =
  /** status 200 An account at a broker. */ BrokerAccount;
export type ConnectPaperAccountApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  paperAccount: PaperAccount;
};
export type ConnectSnapTradeAccountApiResponse =
  /** status 200 An account at a broker. */ BrokerAccount;
export type ConnectSnapTradeAccountApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  snapTradeAccount: SnapTradeAccount;
};
export type GetBrokerAccountApiResponse =
  /** status 200 What an account has, as its broker says now. */ BrokerAccountContent;
export type GetBrokerAccountApiArg = {
  /** Id of the account at a broker, as this service calls it. */
  brokerAccountId: string;
};
export type DisconnectBrokerAccountApiResponse =
  /** status 200 An account at a broker. */ BrokerAccount;
export type DisconnectBrokerAccountApiArg = {
  /** Id of the account at a broker, as this service calls it. */
  brokerAccountId: string;
};
export type PreviewBrokerOrderApiResponse =
  /** status 200 What an order is expected to cost or to bring, by its broker. */ BrokerOrderPreview;
export type PreviewBrokerOrderApiArg = {
  /** Id of the account at a broker, as this service calls it. */
  brokerAccountId: string;
  brokerOrderWish: BrokerOrderWish;
};
export type ListBrokerOrdersApiResponse =
  /** status 200 A page of orders. */ BrokerOrderPage;
export type ListBrokerOrdersApiArg = {
  /** Id of the account at a broker, as this service calls it. */
  brokerAccountId: string;
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type PlaceBrokerOrderApiResponse =
  /** status 200 An order to a broker. */ BrokerOrder;
export type PlaceBrokerOrderApiArg = {
  /** Id of the account at a broker, as this service calls it. */
  brokerAccountId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  brokerOrderWish: BrokerOrderWish;
};
export type GetBrokerOrderApiResponse =
  /** status 200 An order to a broker. */ BrokerOrder;
export type GetBrokerOrderApiArg = {
  /** Id of the order to a broker, as this service calls it. */
  brokerOrderId: string;
};
export type CancelBrokerOrderApiResponse =
  /** status 200 An order to a broker. */ BrokerOrder;
export type CancelBrokerOrderApiArg = {
  /** Id of the order to a broker, as this service calls it. */
  brokerOrderId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type ListBlottersApiResponse =
  /** status 200 A page of blotters, newest first. */ BlotterPage;
export type ListBlottersApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type CreateBlotterApiResponse =
  /** status 202 A blotter that was taken; the job says how far it is. */ SubmittedBlotter;
export type CreateBlotterApiArg = {
  /** true: say what is wrong, by line, and change nothing. */
  dryRun?: boolean;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  blotterRequest: BlotterRequest;
};
export type UploadBlotterApiResponse =
  /** status 202 A blotter that was taken; the job says how far it is. */ SubmittedBlotter;
export type UploadBlotterApiArg = {
  /** true: say what is wrong, by row and column, and change nothing. */
  dryRun?: boolean;
  /** Proceeds of earlier sales are cash of purchases that settle no earlier. */
  salesFundBuys?: boolean;
  /** Split all lines at once: every row is MIN_DISPERSION with the same target_metric. */
  joint?: boolean;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  body: string;
};
export type GetBlotterTemplateApiResponse =
  /** status 200 The columns of a file, of which the first row is an example. */ Template;
export type GetBlotterTemplateApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
};
export type GetBlotterApiResponse =
  /** status 200 A blotter with a page of its lines. */ Blotter;
export type GetBlotterApiArg = {
  /** Id of the blotter. */
  blotterId: string;
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type PreviewBlotterApiResponse =
  /** status 202 A blotter that was taken; the job says how far it is. */ SubmittedBlotter;
export type PreviewBlotterApiArg = {
  /** Id of the blotter. */
  blotterId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type ReplayBlotterApiResponse =
  /** status 200 Whether a joint split is as it was stored, and recomputes to what was shown. */ JointReplay;
export type ReplayBlotterApiArg = {
  /** Id of the blotter. */
  blotterId: string;
};
export type CommitBlotterApiResponse =
  /** status 202 A blotter that was taken; the job says how far it is. */ SubmittedBlotter;
export type CommitBlotterApiArg = {
  /** Id of the blotter. */
  blotterId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  blotterCommit: BlotterCommit;
};
export type GetPositionsApiResponse =
  /** status 200 An account's positions on one basis. */ Positions;
export type GetPositionsApiArg = {
  /** Id of the account. */
  accountId: string;
  /** Basis of the positions. */
  asOf?: "SOD" | "EOD" | "SOD+Trades";
};
export type GetCashApiResponse =
  /** status 200 An account's cash. */ CashPositions;
export type GetCashApiArg = {
  /** Id of the account. */
  accountId: string;
};
export type GetMarketDataApiResponse =
  /** status 200 Series by symbol. */ MarketSeriesAnswer;
export type GetMarketDataApiArg = {
  /** First day, by default the first there is. */
  startDate?: string;
  /** Last day, by default the last there is. */
  endDate?: string;
  /** A week's or a month's price is its last one. */
  frequency?: SeriesFrequency;
  /** forward: days on which only other assets have a price get the last one. */
  fill?: FillMethod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
  /** simple: p / p' - 1; log: ln(p / p'). */
  returnType?: ReturnType;
  /** Symbols, at most 50. Separated by commas. */
  assets: string;
  /** Columns: prices, returns, volumes, opens, highs, lows. The others are null. */
  fields?: string;
};
export type ListMarketAssetsApiResponse =
  /** status 200 All assets that have prices. */ MarketAssets;
export type ListMarketAssetsApiArg = void;
export type GetLatestMarketDataApiResponse =
  /** status 200 The last day of assets. */ MarketLatestAnswer;
export type GetLatestMarketDataApiArg = {
  /** Symbols, at most 50. Separated by commas. */
  assets: string;
  /** Values: price, return, volume. The others are null. */
  fields?: string;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
};
export type GetMarketMetricsApiResponse =
  /** status 200 Measures of assets. */ MarketMetricsAnswer;
export type GetMarketMetricsApiArg = {
  /** It ends on the last day on which all assets have a price. */
  period?: MarketPeriod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
  /** The market; by default the mean of the assets, each day of equal weights. */
  benchmark?: string;
  /** Symbols, at most 50. Separated by commas. */
  assets: string;
  /** Measures: volatility, sharpe_ratio, beta, var_95, max_drawdown. The others are null. */
  metrics?: string;
  /** Risk-free rate of a year, as a share: 0.02 is 2 %. */
  riskFreeRate?: number;
  /** Trading days of a year: 252; 365 where there is a price every day. */
  periodsPerYear?: number;
};
export type GetMarketCorrelationApiResponse =
  /** status 200 How assets move together. */ MarketCorrelation;
export type GetMarketCorrelationApiArg = {
  /** It ends on the last day on which all assets have a price. */
  period?: MarketPeriod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
  /** Symbols, at most 50. Separated by commas. */
  assets: string;
  /** Coefficient; kendall is tau-b. */
  method?: CorrelationMethod;
};
export type BatchMarketDataApiResponse =
  /** status 200 Answers in the order of the requests. */ MarketBatchAnswer;
export type BatchMarketDataApiArg = {
  marketBatch: MarketBatch;
};
export type ImportMarketDataApiResponse =
  /** status 200 What an import did, or would do. */ MarketImportReport;
export type ImportMarketDataApiArg = {
  /** Where the rows come from. */
  source?: string;
  /** true: only report, and store nothing. */
  dryRun?: boolean;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  marketImport: MarketImport;
};
export type GetMarketRefreshApiResponse =
  /** status 200 The exchange, and the last refresh of each of its symbols. */ MarketRefreshes;
export type GetMarketRefreshApiArg = void;
export type RefreshMarketDataApiResponse =
  /** status 202 A refresh that was asked for; the job says how far it is. */ AskedRefresh;
export type RefreshMarketDataApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type AnalyzeRiskApiResponse =
  /** status 200 The risk of a portfolio. */ RiskAnswer;
export type AnalyzeRiskApiArg = {
  riskRequest: RiskRequest;
};
export type GetRegimeStatusApiResponse =
  /** status 200 The regime at the close of the last bar; it trades the next one. */ RegimeStatus;
export type GetRegimeStatusApiArg = {
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
};
export type GetRegimeHistoryApiResponse =
  /** status 200 Regimes by day: columns of one length. */ RegimeHistory;
export type GetRegimeHistoryApiArg = {
  /** Last day, by default the last there is. */
  endDate?: string;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
  /** First day, by default 365 days up to the last; 1,830 days at most. */
  startDate?: string;
};
export type GetRegimeRecordApiResponse =
  /** status 200 The record of regimes: each decision is made at a close, and traded the day after. */ RegimeRecord;
export type GetRegimeRecordApiArg = {
  /** Last day, by default the last there is. */
  endDate?: string;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  knownAt?: string;
  /** First day, by default the first there is. */
  startDate?: string;
  /** Costs of what is traded, in basis points. */
  costBasisPoints?: number;
};
export type ListBacktestsApiResponse =
  /** status 200 A page of backtests, newest first. */ BacktestPage;
export type ListBacktestsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type RunBacktestApiResponse =
  /** status 202 A backtest that was asked for: its job runs it. */ SubmittedBacktest;
export type RunBacktestApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  backtestRequest: BacktestRequest;
};
export type ListBacktestGridsApiResponse =
  /** status 200 A page of grids, newest first. */ BacktestGridPage;
export type ListBacktestGridsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type RunBacktestGridApiResponse =
  /** status 202 Backtests of a grid that were asked for. */ SubmittedGrid;
export type RunBacktestGridApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  backtestGridRequest: BacktestGridRequest;
};
export type GetBacktestGridApiResponse =
  /** status 200 A grid of backtests. */ BacktestGrid;
export type GetBacktestGridApiArg = {
  /** Id of the grid of backtests. */
  gridId: string;
};
export type DeleteBacktestGridApiResponse =
  /** status 200 What was deleted. */ DeletedGrid;
export type DeleteBacktestGridApiArg = {
  /** Id of the grid of backtests. */
  gridId: string;
};
export type CompareBacktestsApiResponse =
  /** status 200 Backtests side by side, over the days that all of them have. */ BacktestComparison;
export type CompareBacktestsApiArg = {
  /** Ids of backtests with a result, at most 10, separated by commas. */
  backtestIds: string;
};
export type GetBacktestApiResponse =
  /** status 200 A backtest with its result; null and empty while there is none. */ Backtest;
export type GetBacktestApiArg = {
  /** Id of the backtest. */
  backtestId: string;
};
export type DeleteBacktestApiResponse =
  /** status 200 What was deleted. */ DeletedBacktest;
export type DeleteBacktestApiArg = {
  /** Id of the backtest. */
  backtestId: string;
};
export type GetBacktestTimeSeriesApiResponse =
  /** status 200 One number for each of `dates`; the first day is that of the first decision, in cash. */ BacktestTimeSeries;
export type GetBacktestTimeSeriesApiArg = {
  /** Id of the backtest. */
  backtestId: string;
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
};
export type GetBacktestTransactionsApiResponse =
  /** status 200 All trades of a backtest, oldest first. */ BacktestTransactions;
export type GetBacktestTransactionsApiArg = {
  /** Id of the backtest. */
  backtestId: string;
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
};
export type OptimizePortfolioApiResponse =
  /** status 200 An optimised portfolio. */ OptimizedPortfolio;
export type OptimizePortfolioApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  optimizationRequest: OptimizationRequest;
};
export type ListOptimizedPortfoliosApiResponse =
  /** status 200 A page of optimised portfolios. */ OptimizationPage;
export type ListOptimizedPortfoliosApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type GetOptimizedPortfolioApiResponse =
  /** status 200 An optimised portfolio. */ OptimizedPortfolio;
export type GetOptimizedPortfolioApiArg = {
  /** Id of the optimised portfolio. */
  portfolioId: string;
};
export type ReplayOptimizedPortfolioApiResponse =
  /** status 200 Whether an optimised portfolio comes out again. */ OptimizationReplay;
export type ReplayOptimizedPortfolioApiArg = {
  /** Id of the optimised portfolio. */
  portfolioId: string;
};
export type UpdateMarketDataApiResponse =
  /** status 202 What became of an event at the door. */ EventReceipt;
export type UpdateMarketDataApiArg = {
  marketDataUpdate: MarketDataUpdate;
};
export type TellRowChangeApiResponse =
  /** status 202 What became of an event at the door. */ EventReceipt;
export type TellRowChangeApiArg = {
  databaseWebhook: DatabaseWebhook;
};
export type GetMonitorStatusApiResponse =
  /** status 200 The state of monitoring. */ MonitorStatus;
export type GetMonitorStatusApiArg = void;
export type FollowMonitorApiResponse =
  /** status 200 Follow events and recalculations by server-sent events: each has its number as its id */ string;
export type FollowMonitorApiArg = void;
export type GetMonitoredPortfolioApiResponse =
  /** status 200 How a portfolio is monitored, and what became of it. */ PortfolioStatus;
export type GetMonitoredPortfolioApiArg = {
  /** Id of the optimised portfolio. */
  portfolioId: string;
};
export type PutMonitorConfigApiResponse =
  /** status 200 How a portfolio is monitored, and what became of it. */ PortfolioStatus;
export type PutMonitorConfigApiArg = {
  /** Id of the optimised portfolio. */
  portfolioId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  monitorConfig: MonitorConfig;
};
export type RecalculatePortfolioApiResponse =
  /** status 202 A recalculation that was asked for. */ RequestedRecalculation;
export type RecalculatePortfolioApiArg = {
  /** Id of the optimised portfolio. */
  portfolioId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type LoadReferenceApiResponse =
  /** status 200 What loading reference data did, or would do. */ LoadReport;
export type LoadReferenceApiArg = {
  loadRequest: LoadRequest;
};
export type ExportReferenceFileApiResponse =
  /** status 200 Export one file of reference data, as it can be loaded again */ string;
export type ExportReferenceFileApiArg = {
  /** groups, accounts, restrictions, benchmarks, securities or limits. */
  referenceFile: string;
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
};
export type LoadReferenceFileApiResponse =
  /** status 200 What loading reference data did, or would do. */ LoadReport;
export type LoadReferenceFileApiArg = {
  /** groups, accounts, restrictions, benchmarks, securities or limits. */
  referenceFile: string;
  /** Why the data changes, for the audit trail; needed unless it is a dry run. */
  comment?: string;
  /** true: stored rows that a file does not have are removed. false: they stay. */
  remove?: boolean;
  /** true: nothing is stored, and the answer says what would change. */
  dryRun?: boolean;
  body: string;
};
export type CalculateDriftApiResponse =
  /** status 200 Drift of a portfolio, with what brings it back. */ Calculation;
export type CalculateDriftApiArg = {
  calculate: Calculate;
};
export type GetTargetValuesApiResponse =
  /** status 200 Targets of a portfolio in money and in percent. */ Targets;
export type GetTargetValuesApiArg = {
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolioValue: number;
};
export type CalculateTargetValuesApiResponse =
  /** status 200 Targets of a portfolio in money and in percent. */ Targets;
export type CalculateTargetValuesApiArg = {
  targetsBody: TargetsBody;
};
export type GetRebalancingCheckApiResponse =
  /** status 200 Whether a portfolio needs rebalancing. */ RebalancingCheck;
export type GetRebalancingCheckApiArg = {
  /** Holdings by symbol, each with its asset class and its value in money. As JSON: addresses are logged and cut off, so prefer POST. */
  holdings: string;
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolioValue: number;
  /** Drift in percentage points that is left alone; a class at exactly this is, too. */
  threshold?: number;
};
export type CheckRebalancingApiResponse =
  /** status 200 Whether a portfolio needs rebalancing. */ RebalancingCheck;
export type CheckRebalancingApiArg = {
  driftBody: DriftBody;
};
export type GetDriftAnalysisApiResponse =
  /** status 200 Drift of each asset class, the largest first. */ DriftAnalysis;
export type GetDriftAnalysisApiArg = {
  /** Holdings by symbol, each with its asset class and its value in money. As JSON: addresses are logged and cut off, so prefer POST. */
  holdings: string;
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolioValue: number;
  /** Drift in percentage points that is left alone; a class at exactly this is, too. */
  threshold?: number;
};
export type AnalyseDriftApiResponse =
  /** status 200 Drift of each asset class, the largest first. */ DriftAnalysis;
export type AnalyseDriftApiArg = {
  driftBody: DriftBody;
};
export type ListTargetSetsApiResponse =
  /** status 200 A page of target sets, newest first. */ TargetSetPage;
export type ListTargetSetsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Whose targets they are: of an account or of a portfolio group. */
  scope?: TargetScope;
  /** Id of the account or group. */
  scopeId?: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension?: TargetDimension;
  /** Only those in force on this day, with the version that is. */
  on?: string;
};
export type StateTargetsApiResponse =
  /** status 200 A target set with all its versions. */ TargetSet;
export type StateTargetsApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  stateTargets: StateTargets;
};
export type GetTargetSetApiResponse =
  /** status 200 A target set with all its versions. */ TargetSet;
export type GetTargetSetApiArg = {
  /** Id of the target set. */
  targetSetId: string;
};
export type RetireTargetsApiResponse =
  /** status 200 A target set with all its versions. */ TargetSet;
export type RetireTargetsApiArg = {
  /** Id of the target set. */
  targetSetId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  endTargets: EndTargets;
};
export type ApproveTargetsApiResponse =
  /** status 200 A target set with all its versions. */ TargetSet;
export type ApproveTargetsApiArg = {
  /** Id of the target set. */
  targetSetId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  decideTargets: DecideTargets;
};
export type RejectTargetsApiResponse =
  /** status 200 A target set with all its versions. */ TargetSet;
export type RejectTargetsApiArg = {
  /** Id of the target set. */
  targetSetId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  decideTargets: DecideTargets;
};
export type WithdrawTargetsApiResponse =
  /** status 200 A target set with all its versions. */ TargetSet;
export type WithdrawTargetsApiArg = {
  /** Id of the target set. */
  targetSetId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  decideTargets: DecideTargets;
};
export type ListProposalsApiResponse =
  /** status 200 A page of proposals. */ ProposalPage;
export type ListProposalsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type CreateProposalApiResponse =
  /** status 200 A proposal with its trades. */ Proposal;
export type CreateProposalApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  proposalRequest: ProposalRequest;
};
export type GetProposalApiResponse =
  /** status 200 A proposal with its trades. */ Proposal;
export type GetProposalApiArg = {
  /** Id of the proposal. */
  proposalId: string;
};
export type MakeBlotterOfProposalApiResponse =
  /** status 202 A blotter that was taken; the job says how far it is. */ SubmittedBlotter;
export type MakeBlotterOfProposalApiArg = {
  /** Id of the proposal. */
  proposalId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  proposalBlotter: ProposalBlotter;
};
export type ListReallocationsApiResponse =
  /** status 200 A page of reallocations. */ ReallocationPage;
export type ListReallocationsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type EvaluateReallocationApiResponse =
  /** status 200 A reallocation. */ Reallocation;
export type EvaluateReallocationApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  reallocationRequest: ReallocationRequest;
};
export type GetReallocationApiResponse =
  /** status 200 A reallocation. */ Reallocation;
export type GetReallocationApiArg = {
  /** Id of the reallocation. */
  reallocationId: string;
};
export type MakeBlotterOfReallocationApiResponse =
  /** status 202 A blotter that was taken; the job says how far it is. */ SubmittedBlotter;
export type MakeBlotterOfReallocationApiArg = {
  /** Id of the reallocation. */
  reallocationId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  reallocationBlotter: ReallocationBlotter;
};
export type GetAccountDriftApiResponse =
  /** status 200 The drift of an account. */ AccountDrift;
export type GetAccountDriftApiArg = {
  /** Id of the account. */
  accountId: string;
  /** Basis of the positions; SOD+Trades+Orders counts today's trades and live orders. */
  asOf?: "EOD" | "SOD" | "SOD+Trades" | "SOD+Trades+Orders";
};
export type GetGroupDriftApiResponse =
  /** status 200 The drift of a group: account by account, and as one portfolio. */ GroupDrift;
export type GetGroupDriftApiArg = {
  /** Id of the portfolio group. */
  groupId: string;
  /** Basis of the positions; SOD+Trades+Orders counts today's trades and live orders. */
  asOf?: "EOD" | "SOD" | "SOD+Trades" | "SOD+Trades+Orders";
};
export type ListOutOfBandApiResponse =
  /** status 200 A page of accounts against their targets, the worst first. */ StandingPage;
export type ListOutOfBandApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Basis of the positions; SOD+Trades+Orders counts today's trades and live orders. */
  asOf?: "EOD" | "SOD" | "SOD+Trades" | "SOD+Trades+Orders";
  /** Only accounts of this group. */
  groupId?: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension?: TargetDimension;
  /** false lists accounts within their bands, too. */
  onlyOut?: boolean;
};
export type CheckDriftApiResponse =
  /** status 202 A check that was asked for; the job says how far it is. */ AskedCheck;
export type CheckDriftApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type ListDriftHistoryApiResponse =
  /** status 200 A page of the history of drift, newest first. */ DriftLinePage;
export type ListDriftHistoryApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** ACCOUNT or GROUP: lines of these. */
  scope?: TargetScope;
  /** Id of the account or group. */
  scopeId?: string;
  /** Business dates of checks from this day on. */
  dateFrom?: string;
  /** Business dates of checks up to this day. */
  dateTo?: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension?: TargetDimension;
  /** The class or metric. */
  classKey?: string;
  /** DAILY or WEEKLY of a scheduled check, REQUESTED of one that a user asked for. */
  kind?: CheckKind;
  /** Id of the check: the business date of a scheduled one, else the id of the job. */
  checkId?: string;
};
export type GetDriftAttributionApiResponse =
  /** status 200 What moved the drift of an account between two snapshots. */ Attribution;
export type GetDriftAttributionApiArg = {
  /** The account. */
  accountId: string;
  /** Business date of the first snapshot. */
  dateFrom: string;
  /** Business date of the last snapshot. */
  dateTo: string;
  /** Only classes of this dimension. */
  dimension?: TargetDimension;
};
export type GetFairnessPolicyApiResponse =
  /** status 200 A version of the fairness policy. */ FairnessPolicy;
export type GetFairnessPolicyApiArg = {
  /** The version of this id. */
  policyId?: string;
  /** The version of this number. */
  version?: number;
};
export type PutFairnessPolicyApiResponse =
  /** status 200 A version of the fairness policy. */ FairnessPolicy;
export type PutFairnessPolicyApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  putPolicy: PutPolicy;
};
export type ListFairnessPoliciesApiResponse =
  /** status 200 A page of the versions that the desk has stated, newest first. */ FairnessPolicyPage;
export type ListFairnessPoliciesApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
};
export type ListJobsApiResponse =
  /** status 200 A page of jobs, newest first. */ JobPage;
export type ListJobsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Jobs in this state. */
  state?: JobState;
  /** Jobs of this kind. Those that the service does periodically are listed by their kind alone, such as `periodic.expire`, with of_all. */
  kind?: string;
  /** Those of all users instead of the own ones; needs `jobs:manage`. */
  ofAll?: boolean;
};
export type GetJobApiResponse =
  /** status 200 A job: work that takes longer than a request. */ Job;
export type GetJobApiArg = {
  /** Id of the job. */
  jobId: string;
};
export type CancelJobApiResponse =
  /** status 200 A job: work that takes longer than a request. */ Job;
export type CancelJobApiArg = {
  /** Id of the job. */
  jobId: string;
};
export type FollowJobApiResponse =
  /** status 200 Follow a job by server-sent events: each has the job as its data and its version as its id */ string;
export type FollowJobApiArg = {
  /** Id of the job. */
  jobId: string;
};
export type ReportAllocationHistoryApiResponse =
  /** status 200 A page of the lines of allocations, newest first. */ HistoryLinePage;
export type ReportAllocationHistoryApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** The account. */
  accountId?: string;
  /** The allocation. */
  allocationId?: string;
  /** Previewed on this day of the desk's time zone or later. */
  dateFrom?: string;
  /** Previewed on this day of the desk's time zone or earlier. */
  dateTo?: string;
  /** The bond. */
  securityId?: string;
  /** State. */
  status?: AllocationStatus;
};
export type ReportAllocationHistoryCsvApiResponse =
  /** status 200 Give what GET reports/allocation-history gives with format=csv */ string;
export type ReportAllocationHistoryCsvApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** The account. */
  accountId?: string;
  /** The allocation. */
  allocationId?: string;
  /** Previewed on this day of the desk's time zone or later. */
  dateFrom?: string;
  /** Previewed on this day of the desk's time zone or earlier. */
  dateTo?: string;
  /** The bond. */
  securityId?: string;
  /** State. */
  status?: AllocationStatus;
};
export type ReportFairnessApiResponse =
  /** status 200 How fairly what was filled of the allocations of a period was shared. */ Fairness;
export type ReportFairnessApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
  /** Sent on this day of the desk's time zone or later. */
  dateFrom: string;
  /** Sent on this day of the desk's time zone or earlier. */
  dateTo: string;
  /** A group that took part. */
  groupId?: string;
  /** Which way. */
  side?: Side;
  /** How it was split. */
  method?: AllocationMethod;
};
export type ReportFairnessCsvApiResponse =
  /** status 200 Give what GET reports/fairness gives with format=csv */ string;
export type ReportFairnessCsvApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** Sent on this day of the desk's time zone or later. */
  dateFrom: string;
  /** Sent on this day of the desk's time zone or earlier. */
  dateTo: string;
  /** A group that took part. */
  groupId?: string;
  /** Which way. */
  side?: Side;
  /** How it was split. */
  method?: AllocationMethod;
};
export type ReportFairnessLedgerApiResponse =
  /** status 200 What accounts were entitled to and received over a period, by the fairness ledger. */ LedgerReport;
export type ReportFairnessLedgerApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
  /** First business date of the orders. */
  dateFrom: string;
  /** Last business date of the orders. */
  dateTo: string;
  /** Ledgers of orders that were asked for this group, alone or with others. */
  groupId?: string;
  /** Which way. */
  side?: Side;
};
export type ReportFairnessReplayApiResponse =
  /** status 200 The orders of a period as they were recorded, and as another rule splits them. */ LedgerReplay;
export type ReportFairnessReplayApiArg = {
  /** true: CSV begins with a byte order mark, by which Excel knows that it is UTF-8. */
  bom?: boolean;
  /** json, or the whole table as csv or xlsx. */
  format?: TableFormat;
  /** First business date of the orders. */
  dateFrom: string;
  /** Last business date of the orders. */
  dateTo: string;
  /** Ledgers of orders that were asked for this group, alone or with others. */
  groupId?: string;
  /** Which way. */
  side?: Side;
  /** The rule to split by. */
  rule: FairnessMode;
  /** With rule LEDGER: the fairness weight of orders by minimum dispersion. */
  fairnessWeight?: number;
};
export type ListAlertsApiResponse =
  /** status 200 A page of alerts, the last opened first. */ AlertPage;
export type ListAlertsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Alerts in this state. */
  state?: AlertState;
  /** Alerts of this severity. */
  severity?: Severity;
  /** Alerts of this rule. */
  rule?: RuleName;
  /** Alerts about this. */
  subject?: string;
};
export type CountAlertsApiResponse =
  /** status 200 How many alerts are not resolved. */ AlertCounts;
export type CountAlertsApiArg = void;
export type ReadAlertsApiResponse =
  /** status 200 How many alerts are not resolved. */ AlertCounts;
export type ReadAlertsApiArg = {
  alertsRead: AlertsRead;
};
export type GetAlertApiResponse =
  /** status 200 An alert with its history. */ AlertWithHistory;
export type GetAlertApiArg = {
  /** Id of the alert. */
  alertId: string;
};
export type AcknowledgeAlertApiResponse =
  /** status 200 An alert with its history. */ AlertWithHistory;
export type AcknowledgeAlertApiArg = {
  /** Id of the alert. */
  alertId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  alertNote: AlertNote;
};
export type ListAlertChannelsApiResponse =
  /** status 200 All channels. */ Channels;
export type ListAlertChannelsApiArg = void;
export type AddAlertChannelApiResponse = /** status 200 A channel. */ Channel;
export type AddAlertChannelApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  channelTerms: ChannelTerms;
};
export type PutAlertChannelApiResponse = /** status 200 A channel. */ Channel;
export type PutAlertChannelApiArg = {
  /** Id of the channel. */
  channelId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  putChannel: PutChannel;
};
export type DeleteAlertChannelApiResponse =
  /** status 200 What was deleted. */ DeletedChannel;
export type DeleteAlertChannelApiArg = {
  /** Id of the channel. */
  channelId: string;
};
export type TestAlertChannelApiResponse =
  /** status 200 What came of a test. */ ChannelTest;
export type TestAlertChannelApiArg = {
  /** Id of the channel. */
  channelId: string;
};
export type ListAlertDeliveriesApiResponse =
  /** status 200 A page of messages, newest first. */ DeliveryPage;
export type ListAlertDeliveriesApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Messages in this state. */
  state?: DeliveryState;
  /** Messages to this channel. */
  channelId?: string;
};
export type RetryAlertDeliveryApiResponse =
  /** status 200 A message to a channel. */ Delivery;
export type RetryAlertDeliveryApiArg = {
  /** Id of the message. */
  deliveryId: string;
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
};
export type ListAuditRecordsApiResponse =
  /** status 200 A page of the audit trail, newest first. */ AuditPage;
export type ListAuditRecordsApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** What was done. */
  action?: AuditAction;
  /** Kind of thing. */
  entityType?: AuditEntityType;
  /** Id of the thing. */
  entityId?: string;
  /** Who. */
  username?: string;
  /** The request. */
  requestId?: string;
  /** Source address of the request. */
  address?: string;
  /** From this day of the chain (UTC) on. */
  dateFrom?: string;
  /** Up to this day of the chain (UTC). */
  dateTo?: string;
};
export type VerifyAuditTrailApiResponse =
  /** status 200 Whether the audit trail and the rows that it records are whole, and where they are not. */ Verification;
export type VerifyAuditTrailApiArg = {
  /** From this day of the chain (UTC) on. */
  dateFrom?: string;
  /** Up to this day of the chain (UTC). */
  dateTo?: string;
  /** The anchor of an earlier verification, `day:sequence:hash`. */
  anchor?: string;
};
export type ExportAuditTrailApiResponse =
  /** status 200 Export the audit trail as JSON lines, oldest first, with a signed anchor at the end */ string;
export type ExportAuditTrailApiArg = {
  /** From this day of the chain (UTC) on. */
  dateFrom?: string;
  /** Up to this day of the chain (UTC). */
  dateTo?: string;
};
export type GetAuditRecordApiResponse =
  /** status 200 Who did what, when, in which request, and what it changed. */ AuditRecord;
export type GetAuditRecordApiArg = {
  /** Id of the audit record. */
  auditId: string;
};
export type ListActivityApiResponse =
  /** status 200 A page of requests, newest first. */ ActivityPage;
export type ListActivityApiArg = {
  /** `next_cursor` of the page before; left out for the first page. */
  cursor?: string;
  /** At most so many rows. */
  limit?: number;
  /** Who. */
  username?: string;
  /** The route. */
  endpoint?: string;
  /** HTTP status. */
  status?: number;
  /** Answered on this day of the desk's time zone or later. */
  dateFrom?: string;
  /** Answered on this day of the desk's time zone or earlier. */
  dateTo?: string;
};
export type ShowUsageApiResponse =
  /** status 200 Use of the screens in some days: sums, of no user. */ Usage;
export type ShowUsageApiArg = {
  /** On this day of the desk's time zone or later. */
  dateFrom?: string;
  /** On this day of the desk's time zone or earlier. */
  dateTo?: string;
};
export type NoteUsageApiResponse =
  /** status 200 How many events are kept. */ UsageNoted;
export type NoteUsageApiArg = {
  usageEvents: UsageEvents;
};
export type ListPreferencesApiResponse =
  /** status 200 All preferences of the user who asks. */ Preferences;
export type ListPreferencesApiArg = void;
export type PutPreferenceApiResponse =
  /** status 200 A preference of the user who asks. */ Preference;
export type PutPreferenceApiArg = {
  /** Name of the preference. */
  preferenceName: string;
  putPreference: PutPreference;
};
export type DeletePreferenceApiResponse =
  /** status 200 What was deleted. */ DeletedPreference;
export type DeletePreferenceApiArg = {
  /** Name of the preference. */
  preferenceName: string;
};
export type GetEmergencyStopApiResponse =
  /** status 200 The emergency stop, with its last change; null before there was any. */ EmergencyStop;
export type GetEmergencyStopApiArg = void;
export type StopTradingApiResponse =
  /** status 200 The emergency stop as it is now, and what became of working orders that were to be cancelled. */ StopResult;
export type StopTradingApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  stop: Stop;
};
export type ResumeTradingApiResponse =
  /** status 200 The emergency stop, with its last change; null before there was any. */ EmergencyStop;
export type ResumeTradingApiArg = {
  /** Name of the request, chosen by the client: sent again under its key, a request is not done again but answered as it was the first time. Answers of 2xx, 404, 409 and 422 are kept; after any other, the same request may be sent again under its key. Another request under the key is refused. */
  "Idempotency-Key"?: string;
  reset: Reset;
};
export type GetSystemStatusApiResponse =
  /** status 200 What every user of the system needs to know of it. */ SystemStatus;
export type GetSystemStatusApiArg = void;
export type GetDeskApiResponse =
  /** status 200 The desk's settings, as far as a screen needs them; quantities are face. */ Desk;
export type GetDeskApiArg = void;
export type GetVendorStateApiResponse =
  /** status 200 What the process that answers knows of Aladdin; others have circuits and quotas of their own, too. */ VendorState;
export type GetVendorStateApiArg = void;
export type LiveApiResponse = /** status 200 The process answers. */ Live;
export type LiveApiArg = void;
export type ReadyApiResponse =
  /** status 200 Whether the service can do its work, and on which data. */ Ready;
export type ReadyApiArg = void;
export type Permission =
  | "portfolios:read"
  | "securities:read"
  | "market-data:read"
  | "market-history:read"
  | "market-history:write"
  | "monitoring:write"
  | "allocations:read"
  | "allocations:preview"
  | "allocations:commit"
  | "allocations:approve"
  | "allocations:settle"
  | "allocations:override-warnings"
  | "compliance:bypass"
  | "orders:read"
  | "orders:write"
  | "reports:read"
  | "audit:read"
  | "fairness:policy"
  | "targets:write"
  | "trading:stop"
  | "trading:resume"
  | "reference:write"
  | "users:manage"
  | "jobs:manage"
  | "alerts:acknowledge"
  | "alerts:manage"
  | "brokers:read"
  | "brokers:connect"
  | "brokers:trade";
export type Role =
  | "portfolio_manager"
  | "trader"
  | "compliance"
  | "auditor"
  | "administrator"
  | "read_only";
export type User = {
  /** The user's id. */
  id: string;
  /** User name. */
  username: string;
  /** What the user may do. */
  permissions: Permission[];
  /** Roles, whose permissions are among them. */
  roles: Role[];
  /** Portfolio groups that the user is limited to; null for all. */
  groups: string[] | null;
};
export type Session = {
  /** Signed token for the API; short-lived. */
  access_token: string;
  /** Signed token for POST auth/refresh only, once; null where a cookie keeps it. */
  refresh_token: string | null;
  /** Who logged in. */
  user: User;
  /** Always Bearer. */
  token_type: "Bearer";
  /** Seconds for which the access token holds. */
  expires_in: number;
};
export type ProblemCode =
  | "ACCOUNTS_UNSETTLED"
  | "ALERT_CHANGED"
  | "ALERT_CHANNEL_CHANGED"
  | "ALERT_NOT_OPEN"
  | "ALLOCATION_DIFFERENT"
  | "ALREADY_COMMITTED"
  | "APPROVAL_NEEDED"
  | "BACKTEST_NOT_READY"
  | "BACKTEST_OF_GRID"
  | "BLOTTER_CHANGED"
  | "BLOTTER_MADE"
  | "BLOTTER_NOT_READY"
  | "BODY_NOT_CSV"
  | "BOOK_CHANGED"
  | "BROKER_ACCOUNT_DISCONNECTED"
  | "BROKER_ACCOUNT_LIMIT"
  | "BROKER_ACCOUNT_TAKEN"
  | "BROKER_ACCOUNT_UNSETTLED"
  | "BROKER_CREDENTIALS_EXPIRED"
  | "BROKER_CREDENTIALS_UNREADABLE"
  | "BROKER_ERROR"
  | "BROKER_KEY_MISSING"
  | "BROKER_LIMIT_EXCEEDED"
  | "BROKER_NOT_CONFIGURED"
  | "BROKER_NOT_FOUND"
  | "BROKER_ORDER_ENDED"
  | "BROKER_OUTCOME_UNKNOWN"
  | "BROKER_RATE_LIMITED"
  | "BROKER_REFUSED"
  | "BROKER_SLIPPAGE_TOO_LARGE"
  | "BROKER_UNAVAILABLE"
  | "BROKER_UNEXPECTED"
  | "CALCULATIONS_BUSY"
  | "COMMIT_STOPPED"
  | "CONFLICT"
  | "CONSTANT_PRICE"
  | "DATABASE_UNAVAILABLE"
  | "DATA_MISSING"
  | "DELIVERY_NOT_DEAD"
  | "DEMO_USER"
  | "DESK_BUSY"
  | "EVIDENCE_BROKEN"
  | "EXCHANGE_OFF"
  | "FORBIDDEN"
  | "FOUR_EYES"
  | "HEADERS_TOO_LARGE"
  | "IDEMPOTENCY_KEY_IN_USE"
  | "IDEMPOTENCY_KEY_REUSED"
  | "INFEASIBLE_CONSTRAINTS"
  | "INTERNAL_ERROR"
  | "INVALID_REQUEST"
  | "JOB_ENDED"
  | "LAST_ADMINISTRATOR"
  | "LOGIN_BLOCKED"
  | "LOGIN_BUSY"
  | "MALFORMED_REQUEST"
  | "METHOD_NOT_ALLOWED"
  | "MONITOR_CHANGED"
  | "NOTHING_PLANNED"
  | "NOTHING_PROPOSED"
  | "NOT_FOUND"
  | "NOT_MEASURABLE"
  | "NOT_PENDING_APPROVAL"
  | "NOT_READY"
  | "NOT_SOLVED"
  | "NOT_UNKNOWN"
  | "NOT_YOURS"
  | "NO_CANDIDATES"
  | "NO_EXCESS_RETURN"
  | "NO_RISK"
  | "NO_TARGETS"
  | "ORDER_OUTCOME_UNKNOWN"
  | "ORDER_TOO_LARGE"
  | "OWN_USER"
  | "POLICY_CHANGED"
  | "PREFERENCE_CHANGED"
  | "PREVIEW_ERASED"
  | "PREVIEW_EXPIRED"
  | "PRICES_MISSING"
  | "PRICE_MOVED"
  | "PROPOSAL_STALE"
  | "REALLOCATION_STALE"
  | "RECALCULATION_LIMIT"
  | "RECALCULATION_RUNNING"
  | "REFERENCE_OF_MOCK"
  | "REFRESH_FAILED"
  | "REQUESTER_BARRED"
  | "REQUEST_ENTITY_TOO_LARGE"
  | "REQUEST_TIMED_OUT"
  | "SERVICE_BUSY"
  | "SETTLEMENT_CONTRADICTED"
  | "SETTLEMENT_DIFFERS"
  | "SETTLEMENT_TOO_EARLY"
  | "SIGN_ON_FAILED"
  | "SIGN_ON_REFUSED"
  | "SIGN_ON_UNAVAILABLE"
  | "SOLVER_ERROR"
  | "STOPPED_BY_SAME_USER"
  | "STRATEGY_NOT_SOLVABLE"
  | "TARGETS_CHANGED"
  | "TARGETS_NOT_PENDING"
  | "TARGETS_PENDING"
  | "TIME_LIMIT_EXCEEDED"
  | "TOO_FEW_PRICES"
  | "TOO_MANY_REQUESTS"
  | "TOO_MUCH_WORK"
  | "TRADING_HALTED"
  | "TRADING_NOT_STOPPED"
  | "UNAUTHENTICATED"
  | "UNKNOWN_ASSET"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "UNUSABLE_BARS"
  | "URI_TOO_LONG"
  | "USER_CHANGED"
  | "USER_EXISTS"
  | "VAULT_LIMITS_VIOLATED"
  | "VENDOR_DENIED"
  | "VENDOR_ERROR"
  | "VENDOR_FAILED"
  | "VENDOR_LOGIN_FAILED"
  | "VENDOR_LOGIN_REFUSED"
  | "VENDOR_NOT_FOUND"
  | "VENDOR_QUOTA_SPENT"
  | "VENDOR_REJECTED"
  | "VENDOR_SUSPENDED"
  | "VENDOR_THROTTLED"
  | "VENDOR_TIMED_OUT"
  | "VENDOR_UNAVAILABLE"
  | "VENDOR_UNEXPECTED"
  | "VENDOR_UNREACHED"
  | "VENDOR_UNREADABLE"
  | "VISIBILITY_UNKNOWN"
  | "WARNINGS_NOT_OVERRIDDEN"
  | "WEBHOOK_OFF"
  | "WEBHOOK_REFUSED"
  | "WHOLE_DESK_ONLY";
export type FieldError = {
  /** JSON path of the field. */
  field: string;
  /** What is wrong with it. */
  message: string;
};
export type PlainProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode &
    (
      | "ALERT_CHANGED"
      | "ALERT_CHANNEL_CHANGED"
      | "ALERT_NOT_OPEN"
      | "APPROVAL_NEEDED"
      | "BACKTEST_NOT_READY"
      | "BACKTEST_OF_GRID"
      | "BLOTTER_NOT_READY"
      | "BODY_NOT_CSV"
      | "BROKER_ACCOUNT_DISCONNECTED"
      | "BROKER_ACCOUNT_LIMIT"
      | "BROKER_ACCOUNT_TAKEN"
      | "BROKER_CREDENTIALS_EXPIRED"
      | "BROKER_CREDENTIALS_UNREADABLE"
      | "BROKER_ERROR"
      | "BROKER_KEY_MISSING"
      | "BROKER_LIMIT_EXCEEDED"
      | "BROKER_NOT_CONFIGURED"
      | "BROKER_NOT_FOUND"
      | "BROKER_ORDER_ENDED"
      | "BROKER_RATE_LIMITED"
      | "BROKER_REFUSED"
      | "BROKER_SLIPPAGE_TOO_LARGE"
      | "BROKER_UNAVAILABLE"
      | "BROKER_UNEXPECTED"
      | "CALCULATIONS_BUSY"
      | "COMMIT_STOPPED"
      | "CONSTANT_PRICE"
      | "DATABASE_UNAVAILABLE"
      | "DATA_MISSING"
      | "DELIVERY_NOT_DEAD"
      | "DEMO_USER"
      | "DESK_BUSY"
      | "EXCHANGE_OFF"
      | "FOUR_EYES"
      | "HEADERS_TOO_LARGE"
      | "IDEMPOTENCY_KEY_IN_USE"
      | "IDEMPOTENCY_KEY_REUSED"
      | "INFEASIBLE_CONSTRAINTS"
      | "INTERNAL_ERROR"
      | "INVALID_REQUEST"
      | "JOB_ENDED"
      | "LAST_ADMINISTRATOR"
      | "LOGIN_BLOCKED"
      | "LOGIN_BUSY"
      | "MALFORMED_REQUEST"
      | "METHOD_NOT_ALLOWED"
      | "NOTHING_PLANNED"
      | "NOTHING_PROPOSED"
      | "NOT_FOUND"
      | "NOT_MEASURABLE"
      | "NOT_SOLVED"
      | "NOT_YOURS"
      | "NO_CANDIDATES"
      | "NO_EXCESS_RETURN"
      | "NO_RISK"
      | "NO_TARGETS"
      | "ORDER_TOO_LARGE"
      | "OWN_USER"
      | "PREFERENCE_CHANGED"
      | "PREVIEW_ERASED"
      | "PREVIEW_EXPIRED"
      | "PRICES_MISSING"
      | "PROPOSAL_STALE"
      | "REALLOCATION_STALE"
      | "RECALCULATION_LIMIT"
      | "REFERENCE_OF_MOCK"
      | "REFRESH_FAILED"
      | "REQUESTER_BARRED"
      | "REQUEST_ENTITY_TOO_LARGE"
      | "REQUEST_TIMED_OUT"
      | "SERVICE_BUSY"
      | "SETTLEMENT_DIFFERS"
      | "SETTLEMENT_TOO_EARLY"
      | "SIGN_ON_FAILED"
      | "SIGN_ON_REFUSED"
      | "SIGN_ON_UNAVAILABLE"
      | "SOLVER_ERROR"
      | "STOPPED_BY_SAME_USER"
      | "STRATEGY_NOT_SOLVABLE"
      | "TIME_LIMIT_EXCEEDED"
      | "TOO_FEW_PRICES"
      | "TOO_MANY_REQUESTS"
      | "TOO_MUCH_WORK"
      | "TRADING_HALTED"
      | "TRADING_NOT_STOPPED"
      | "UNAUTHENTICATED"
      | "UNKNOWN_ASSET"
      | "UNSUPPORTED_MEDIA_TYPE"
      | "UNUSABLE_BARS"
      | "URI_TOO_LONG"
      | "USER_CHANGED"
      | "USER_EXISTS"
      | "VAULT_LIMITS_VIOLATED"
      | "VISIBILITY_UNKNOWN"
      | "WEBHOOK_OFF"
      | "WEBHOOK_REFUSED"
      | "WHOLE_DESK_ONLY"
    );
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
};
export type ForbiddenProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "FORBIDDEN";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** What the user would need. */
  permission: Permission;
};
export type NotReadyProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "NOT_READY";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Where the data comes from. */
  mode?: "mock" | "real";
  /** ok, or `failed:` and the kind of failure. */
  database?: string;
  /** ok, or `failed:` and a code, or `unknown:` and why. */
  aladdin?: string;
  /** ok or away, which leaves the service ready; null where it is not used. */
  redis?: string | null;
};
export type ConflictProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "CONFLICT";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Aladdin's id of the order. */
  order_id?: string;
  /** The order's status, in Aladdin's own words. */
  order_status?: string;
  /** Aladdin's count of the order's changes, as it is now. */
  touch_count?: number | null;
  /** Face below which the order cannot go. */
  min_quantity?: number;
};
export type AllocationStatus =
  | "PREVIEWED"
  | "PENDING_APPROVAL"
  | "COMMITTING"
  | "SUBMITTED"
  | "FAILED"
  | "UNKNOWN"
  | "CANCELLED"
  | "EXPIRED"
  | "REJECTED";
export type AlreadyCommittedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode &
    ("ALREADY_COMMITTED" | "NOT_PENDING_APPROVAL" | "NOT_UNKNOWN");
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** State of the allocation. */
  allocation_status?: AllocationStatus;
};
export type SettlementContradictedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "SETTLEMENT_CONTRADICTED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Aladdin's id of the order that it shows. */
  order_id?: string;
  /** Our id of the order. */
  external_id?: string;
  /** Aladdin's ids, where it shows several. */
  order_ids?: string[];
};
export type WarningType =
  | "INSUFFICIENT_CASH"
  | "INSUFFICIENT_POSITION"
  | "MIN_LOT_SIZE"
  | "COMPLIANCE"
  | "ROUNDING"
  | "STALE_DATA"
  | "MISSING_DATA"
  | "ALLOCATION_DIFFERENT"
  | "STATED_AMOUNT"
  | "LIMITED_BY_REQUEST";
export type SeenWarning = {
  /** Id by which it is acknowledged. */
  warning_id: string;
  /** Kind of warning. */
  type: WarningType;
  /** The account; null for the whole order. */
  account_id: string | null;
};
export type WarningsNotOverriddenProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "WARNINGS_NOT_OVERRIDDEN";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The warnings that are open. */
  warnings: SeenWarning[];
};
export type BrokenRow = {
  /** Table of the row; null for a record. */
  table: string | null;
  /** Column that was changed. */
  column: string | null;
  /** The same in words. */
  message: string;
};
export type EvidenceBrokenProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "EVIDENCE_BROKEN";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** What differs; audit/verify gives the values. */
  breaks: BrokenRow[];
};
export type AccountDifference = {
  /** Account id. */
  account_id: string;
  /** Face that it can take now; of a larger order, further tradable face. */
  max_quantity: number;
  /** Of a commit: face that the preview gave it. */
  allocated_quantity?: number;
  /** Of a larger order: further face that it would get. */
  additional_quantity?: number;
  /** Whether it can still take its part. */
  feasible?: boolean;
  /** Notional and accrued interest at the preview. */
  previewed_settlement_amount?: number;
  /** The same now. */
  settlement_amount?: number;
  /** Available cash at the preview. */
  previewed_available_cash?: number | null;
  /** The same now. */
  available_cash?: number | null;
};
export type BookChangedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "BOOK_CHANGED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The accounts that differ. */
  accounts?: AccountDifference[];
  /** Face of the order, or that a change asks for. */
  total?: number;
  /** Of a commit: face that all accounts can take together. Of a larger order: a quantity that the order can be changed to, the largest that was found. */
  max_total?: number;
  /** Of a larger order: further face that is asked for. */
  additional?: number;
  /** Of a larger order: further face up to max_total, shared in proportion to the slices. */
  max_additional?: number;
};
export type PriceMovedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "PRICE_MOVED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The accounts that differ. */
  accounts: AccountDifference[];
  /** Market price at the preview. */
  previewed_market_price: number | null;
  /** Market price now. */
  market_price: number | null;
};
export type UnsettledAccount = {
  /** Account id. */
  account_id: string;
  /** The other allocation. */
  allocation_id: string;
  /** Its state. */
  allocation_status: AllocationStatus;
};
export type AccountsUnsettledProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "ACCOUNTS_UNSETTLED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The accounts, and in which allocations. */
  accounts: UnsettledAccount[];
};
export type AllocationDifferentProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "ALLOCATION_DIFFERENT";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Aladdin's id of the order. */
  order_id: string;
  /** Face that is filled. */
  filled_quantity: number;
  /** Face that Aladdin has booked for all accounts; null where unknown. */
  booked_quantity: number | null;
};
export type PolicyChangedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "POLICY_CHANGED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The version in force. */
  version: number;
  /** Its id. */
  policy_id: string;
};
export type BlotterChangedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "BLOTTER_CHANGED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Numbers of the lines that were not named, and have an open preview. */
  lines: number[];
};
export type TargetsProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & ("TARGETS_CHANGED" | "TARGETS_PENDING");
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Number of the newest version, 0 where there is none. */
  version: number;
  /** Id of the target set; null where there is none. */
  target_set_id: string | null;
};
export type TargetsNotPendingProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "TARGETS_NOT_PENDING";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The version that waits; null where none does. */
  pending_version: number | null;
};
export type BlotterMadeProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "BLOTTER_MADE";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The newest such blotter; null where none is visible. */
  blotter_id: string | null;
};
export type BrokerOrderProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & ("BROKER_ACCOUNT_UNSETTLED" | "BROKER_OUTCOME_UNKNOWN");
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The order. */
  order_id: string;
};
export type RecalculationRunningProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "RECALCULATION_RUNNING";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The job. */
  job_id: string;
};
export type MonitorChangedProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode & "MONITOR_CHANGED";
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** The version that is stored. */
  version: number;
};
export type VendorProblem = {
  /** A URI that names the kind of problem. */
  type: string;
  /** The kind of problem in words. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** What happened this time. */
  detail: string;
  /** Stable name of the kind of problem, for programs. */
  code: ProblemCode &
    (
      | "ORDER_OUTCOME_UNKNOWN"
      | "VENDOR_DENIED"
      | "VENDOR_ERROR"
      | "VENDOR_FAILED"
      | "VENDOR_LOGIN_FAILED"
      | "VENDOR_LOGIN_REFUSED"
      | "VENDOR_NOT_FOUND"
      | "VENDOR_QUOTA_SPENT"
      | "VENDOR_REJECTED"
      | "VENDOR_SUSPENDED"
      | "VENDOR_THROTTLED"
      | "VENDOR_TIMED_OUT"
      | "VENDOR_UNAVAILABLE"
      | "VENDOR_UNEXPECTED"
      | "VENDOR_UNREACHED"
      | "VENDOR_UNREADABLE"
    );
  /** The path that was asked for. */
  instance: string;
  /** The request's id, as in X-Request-ID and the logs. */
  request_id: string;
  /** The fields at fault; empty where no field is. */
  errors: FieldError[];
  /** Aladdin's operation. */
  operation?: string;
  /** Our id of the request to Aladdin. */
  vendor_request_id?: string;
  /** HTTP status of Aladdin's answer. */
  vendor_status?: number;
  /** Aladdin's code. */
  vendor_code?: string | number;
  /** The field of Aladdin's answer that is at fault. */
  field?: string;
  /** The account that it is about. */
  account_id?: string;
  /** Aladdin's id of the order that it is about. */
  order_id?: string;
  /** Our id of the order that it is about. */
  external_id?: string;
  /** Aladdin's ids of the orders found instead. */
  order_ids?: string[];
  /** The API of Aladdin that is left alone for a while. */
  api?: string;
  /** Aladdin's id of the operation that runs. */
  operation_id?: string;
};
export type Problem =
  | PlainProblem
  | ForbiddenProblem
  | NotReadyProblem
  | ConflictProblem
  | AlreadyCommittedProblem
  | SettlementContradictedProblem
  | WarningsNotOverriddenProblem
  | EvidenceBrokenProblem
  | BookChangedProblem
  | PriceMovedProblem
  | AccountsUnsettledProblem
  | AllocationDifferentProblem
  | PolicyChangedProblem
  | BlotterChangedProblem
  | TargetsProblem
  | TargetsNotPendingProblem
  | BlotterMadeProblem
  | BrokerOrderProblem
  | RecalculationRunningProblem
  | MonitorChangedProblem
  | VendorProblem;
export type Keeper = "body" | "cookie";
export type Login = {
  /** User name. */
  username: string;
  /** Password. */
  password: string;
  /** Who keeps the refresh token: `body` returns it; `cookie` puts it into a cookie that no script can read, for pages of the same origin. "body" when left out. */
  session?: Keeper;
};
export type Refresh = {
  /** The refresh token; left out, it is that of the cookie, or the bearer token. */
  refresh_token?: string | null;
};
export type LogoutResult = {
  /** What was ended. */
  message: string;
};
export type Logout = {
  /** A refresh token, to end its session as well. */
  refresh_token?: string | null;
};
export type RolePermissions = {
  /** The role. */
  name: Role;
  /** What its users may do. */
  permissions: Permission[];
};
export type Roles = {
  /** The roles, in a fixed order. */
  roles: RolePermissions[];
};
export type Origin = "PASSWORD" | "SSO";
export type OpenSession = {
  /** The session's id. */
  session_id: string;
  /** How the user logged in. */
  origin: Origin;
  /** When the user logged in. */
  created_at: string;
  /** When it last got new tokens. */
  last_used_at: string;
  /** When it ends at the latest. */
  expires_at: string;
  /** Source address of that time. */
  address: string | null;
  /** How the client named itself at that time. */
  user_agent: string | null;
  /** Whether it is the session of this request. */
  current: boolean;
};
export type OpenSessions = {
  /** The sessions. */
  sessions: OpenSession[];
};
export type Ended = {
  /** Sessions that were open. */
  ended: number;
};
export type DemoUser = {
  /** User name. */
  username: string;
  /** Roles. */
  roles: Role[];
};
export type DemoLogin = {
  /** The password of all of them. */
  password: string;
  /** The demo users. */
  users: DemoUser[];
};
export type SignOn = {
  /** Whether `auth/sso/login` leads to a login. */
  configured: boolean;
  /** For a first look, in development where demo users exist (DEMO_USERS); else null. */
  demo_login: DemoLogin | (null | null);
};
export type PasswordChanged = {
  /** What was changed. */
  message: string;
};
export type ChangePassword = {
  /** The password as it is. */
  current_password: string;
  /** The password as it is to be. */
  new_password: string;
};
export type BrakeKind = "PAIR" | "NAME" | "ADDRESS";
export type LoginLock = {
  /** PAIR: the name from this address. NAME: the name from anywhere. */
  kind: BrakeKind;
  /** Where the failed logins came from; null of NAME. */
  address: string | null;
  /** When it ends, in UTC. */
  until: string;
  /** Logins that it has refused, up to some seconds ago. */
  refused: number;
};
export type AdministeredUser = {
  /** The user's id. */
  id: string;
  /** User name. */
  username: string;
  /** Whether the user may log in. */
  active: boolean;
  /** Roles: named sets of permissions, see docs/access.md. */
  roles: Role[];
  /** What the user may do, by roles and singly. */
  permissions: Permission[];
  /** Single permissions, beside those of the roles. */
  granted: Permission[];
  /** Portfolio groups that the user is limited to; null for all. */
  groups: string[] | null;
  /** false: single sign-on alone logs in. */
  has_password: boolean;
  /** Number of the present state, for changes. */
  version: number;
  /** When the user was added, in UTC. */
  created_at: string;
  /** Sessions from before have ended; null where none has so. */
  credentials_changed_at: string | null;
  /** Locks after failed logins. */
  locks: LoginLock[];
};
export type UserPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The users. */
  users: AdministeredUser[];
};
export type AddUser = {
  /** User name: letters, digits and . _ - @ + '; case has no meaning. */
  username: string;
  /** First password; null for a user of single sign-on. */
  password?: string | null;
  /** Roles: named sets of permissions, see docs/access.md. */
  roles?: Role[];
  /** Single permissions, beside those of the roles. */
  permissions?: Permission[];
  /** Portfolio groups that the user is limited to; null for all, an empty list for none. */
  groups?: string[] | null;
};
export type SetPassword = {
  /** The new password. */
  password: string;
};
export type Grants = {
  /** Roles: named sets of permissions, see docs/access.md. */
  roles?: Role[];
  /** Single permissions, beside those of the roles. */
  permissions?: Permission[];
  /** Version of the user as you read it: when another is stored, the answer is 409. Left out, any. */
  version?: number | null;
};
export type Groups = {
  /** Portfolio groups that the user is limited to; null for all, an empty list for none. */
  groups: string[] | null;
  /** Version of the user as you read it: when another is stored, the answer is 409. Left out, any. */
  version?: number | null;
};
export type AccountName = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
};
export type Benchmark = {
  /** Spread duration in years. */
  spread_duration: number | null;
  /** Duration in years. */
  duration: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
};
export type PortfolioGroup = {
  /** Group id. */
  group_id: string;
  /** Group name. */
  group_name: string;
  /** Number of accounts. */
  account_count: number;
  /** The accounts, sorted by id. */
  accounts: AccountName[];
  /** Sum of the accounts' NAVs; null when one is not known or currencies differ. */
  total_nav: number | null;
  /** What the group is. */
  description: string;
  /** Investment strategy. */
  strategy: string;
  /** Portfolio manager. */
  manager: string;
  /** When the group was set up. */
  created_date: string | null;
  /** Benchmark of accounts that have none of their own. */
  benchmark: Benchmark;
};
export type PortfolioGroups = {
  /** The groups. */
  portfolio_groups: PortfolioGroup[];
};
export type GroupAccount = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** Strategy of the account's group. */
  strategy: string;
  /** Currency. */
  currency: string | null;
  /** Codes of the restrictions that hold. */
  restrictions: string[];
  /** false: reference data states neither restrictions nor that there are none, so the account gets nothing where compliance is checked. */
  restrictions_stated: boolean;
  /** Net asset value. */
  nav: number | null;
  /** Available cash. */
  cash: number | null;
  /** Market value of the positions, accrued included. */
  market_value: number;
  /** Number of positions. */
  position_count: number;
  /** Duration. */
  duration: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
  /** Spread duration. */
  spread_duration: number | null;
  /** Spread duration of the benchmark. */
  benchmark_spread_duration: number | null;
  /** Spread duration less the benchmark's. */
  active_spread_duration: number | null;
  /** Benchmark of the account. */
  benchmark: Benchmark;
  /** Cash that reference data keeps back of purchases; null where that needs an unknown NAV. */
  cash_reserve: number | null;
};
export type GroupAccounts = {
  /** The accounts, sorted by id. */
  accounts: GroupAccount[];
};
export type GroupName = {
  /** Group id. */
  group_id: string;
  /** Group name. */
  group_name: string;
};
export type Account = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** Strategy of the account's group. */
  strategy: string;
  /** Currency. */
  currency: string | null;
  /** Codes of the restrictions that hold. */
  restrictions: string[];
  /** false: reference data states neither restrictions nor that there are none, so the account gets nothing where compliance is checked. */
  restrictions_stated: boolean;
  /** Net asset value. */
  nav: number | null;
  /** Available cash. */
  cash: number | null;
  /** Market value of the positions, accrued included. */
  market_value: number;
  /** Number of positions. */
  position_count: number;
  /** Duration. */
  duration: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
  /** Spread duration. */
  spread_duration: number | null;
  /** Spread duration of the benchmark. */
  benchmark_spread_duration: number | null;
  /** Spread duration less the benchmark's. */
  active_spread_duration: number | null;
  /** Benchmark of the account. */
  benchmark: Benchmark;
  /** Cash that reference data keeps back of purchases; null where that needs an unknown NAV. */
  cash_reserve: number | null;
  /** The groups that it is under, nested ones included, as far as you may see them. */
  portfolio_groups: GroupName[];
};
export type Side = "BUY" | "SELL";
export type OwedBalance = {
  /** The scope of the ledger. */
  scope: string;
  /** The side of the ledger. */
  side: Side;
  /** Business date of the last order that moved it. */
  as_of: string | null;
  /** Face that it is owed; negative: it has had too much. */
  balance: number;
  /** The same in minimum pieces of the last order of the ledger. */
  pieces: number;
  /** Greatest balance of any account of the ledger, by size, in face. */
  bound: number;
  /** The same in minimum pieces of the last order of the ledger. */
  bound_pieces: number;
};
export type EntryKind = "CREDIT" | "CORRECTION" | "CARRY";
export type LedgerEntry = {
  /** The scope of the ledger. */
  scope: string;
  /** The side of the ledger. */
  side: Side;
  /** CREDIT: an order is entered. CORRECTION: it adds something else by now. CARRY: balances are carried to a later date. */
  kind: EntryKind;
  /** Aladdin's id of the order that wrote it. */
  order_id: string;
  /** Its allocation. */
  allocation_id: string;
  /** The fairness policy that it was made by. */
  policy_id: string;
  /** Business date that it counts from. */
  business_date: string;
  /** When it was written, in UTC. */
  created_at: string;
  /** Face that the account is entitled to. */
  entitled_quantity: number;
  /** Face that it received. */
  received_quantity: number;
  /** What it adds to the balance. */
  amount: number;
};
export type AccountBalances = {
  /** Account id. */
  account_id: string;
  /** The day that balances are carried to. */
  business_date: string;
  /** By scope and side. */
  balances: OwedBalance[];
  /** Newest first. */
  entries: LedgerEntry[];
};
export type SecurityHit = {
  /** CUSIP. */
  cusip: string;
  /** Issuer's ticker. */
  ticker: string | null;
  /** Short description. */
  description: string;
  /** Coupon in per cent a year. */
  coupon: number | null;
  /** Maturity date. */
  maturity: string | null;
  /** Option-adjusted duration in years. */
  duration: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
  /** Smallest tradable face. */
  min_denomination: number;
  /** ISIN. */
  isin: string | null;
  /** Issuer's name. */
  issuer: string | null;
  /** Sector. */
  sector: string | null;
  /** Rating. */
  rating: string | null;
  /** Country of risk. */
  country: string | null;
  /** Currency. */
  currency: string;
  /** Spread duration in years. */
  spread_duration: number | null;
  /** Step of face above the smallest piece. */
  increment: number;
};
export type Securities = {
  /** The bonds. */
  securities: SecurityHit[];
};
export type SecurityDetail = {
  /** CUSIP. */
  cusip: string;
  /** ISIN. */
  isin: string | null;
  /** Issuer's ticker. */
  ticker: string | null;
  /** Short description. */
  description: string;
  /** Issuer's name. */
  issuer: string | null;
  /** Sector. */
  sector: string | null;
  /** Rating. */
  rating: string | null;
  /** Country of risk. */
  country: string | null;
  /** Currency. */
  currency: string;
  /** Coupon in per cent a year. */
  coupon: number | null;
  /** Maturity date. */
  maturity: string | null;
  /** Duration in years. */
  duration: number | null;
  /** Spread duration in years. */
  spread_duration: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
  /** Smallest tradable face. */
  min_denomination: number;
  /** Step of face above the smallest piece. */
  increment: number;
  /** Day count convention. */
  day_count: string | null;
  /** Coupons a year. */
  coupon_frequency: number | null;
  /** Issue date. */
  issue_date: string | null;
  /** Face issued. */
  amount_issued: number | null;
  /** Business days to standard settlement. */
  settle_days: number;
  /** Current over original face. */
  factor: number;
  /** Clean price per 100 of face. */
  price: number | null;
  /** Date of the price. */
  price_date: string | null;
};
export type SecurityAnalytics = {
  /** CUSIP. */
  cusip: string;
  /** Date of the numbers. */
  risk_date: string | null;
  /** Clean price per 100 of face. */
  price: number | null;
  /** Accrued per 100 of face. */
  accrued: number | null;
  /** Yield to maturity in per cent. */
  yield_to_maturity: number | null;
  /** Option-adjusted duration in years. */
  duration: number | null;
  /** Spread duration in years. */
  spread_duration: number | null;
  /** Convexity. */
  convexity: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
  /** Spread duration x OAS, in years x basis points. */
  dts: number | null;
  /** Price value of a basis point per 100 of face. */
  dv01: number | null;
};
export type PositionBasis = "EOD" | "SOD" | "SOD+Trades" | "SOD+Trades+Orders";
export type Holder = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** Face, today's trades and live orders included. */
  quantity: number;
  /** Market value, accrued included; null where Aladdin has none. */
  market_value: number | null;
  /** Market value as a fraction of the account's NAV: 0.05 means 5 %; null where one is unknown. */
  percent_of_nav: number | null;
};
export type Holders = {
  /** The bond, by Aladdin's id. */
  security_id: string;
  /** Basis of the positions. */
  as_of: PositionBasis;
  /** Date of the positions; null where none is held. */
  reference_date: string | null;
  /** Face of all of them. */
  total_quantity: number;
  /** The accounts. */
  holders: Holder[];
};
export type PricedOrder = {
  /** The bond. */
  security_id: string;
  /** Which way to trade. */
  side: Side;
  /** Face that was asked for. */
  total_quantity: number;
  /** Settlement date. */
  settlement_date: string;
  /** Clean price per 100 of face. */
  price: number;
  /** Accrued per 100 of face at settlement. */
  accrued: number;
  /** Where the price comes from: REQUEST, or the source that Aladdin names, in its own words. */
  price_source: string;
  /** Principal that was asked for; null for another size. */
  requested_notional: number | null;
  /** Fraction of NAV that was asked for; null for another size. */
  requested_percent_of_nav: number | null;
};
export type AccountMetrics = {
  /** Spread duration less the benchmark's, in years. */
  active_spread_duration: number | null;
  /** This bond's part of the account's duration, in years. */
  contribution_to_duration: number | null;
  /** Spread duration in years. */
  spread_duration: number | null;
  /** Duration in years. */
  duration: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
  /** Spread duration x OAS, years x basis points. */
  dts: number | null;
};
export type ReasonCode =
  | "INSUFFICIENT_CASH"
  | "INSUFFICIENT_POSITION"
  | "COMPLIANCE"
  | "MISSING_DATA"
  | "MIN_LOT_SIZE"
  | "ZERO_WEIGHT"
  | "NOT_OPTIMAL"
  | "ORDER_EXHAUSTED"
  | "EXCLUDED_BY_REQUEST"
  | "LIMITED_BY_REQUEST"
  | "STATED_AMOUNT"
  | "NOTHING_OWED";
export type Reason = {
  /** For programs. */
  code: ReasonCode;
  /** For people. */
  message: string;
};
export type StatedType = "DOLLAR_AMOUNT" | "PERCENTAGE" | "QUANTITY";
export type AllocationSource = "DIRECT" | "PRO_RATA" | "REMAINDER";
export type AccountAllocation = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** Face; 0 when it gets nothing. */
  allocated_quantity: number;
  /** Face x clean price / 100 x factor, to the cent. */
  allocated_notional: number;
  /** Cash before the trade. */
  available_cash: number | null;
  /** Cash after the trade. */
  post_trade_cash: number | null;
  /** Metrics before the trade. */
  pre_trade_metrics: AccountMetrics;
  /** Metrics after the trade. */
  post_trade_metrics: AccountMetrics;
  /** settlement_amount - allocated_notional. */
  accrued_interest: number;
  /** Face x (clean price + accrued) / 100 x factor, to the cent. */
  settlement_amount: number;
  /** Face that the account could take. */
  max_quantity: number;
  /** Net asset value before the trade. */
  nav: number | null;
  /** The account's benchmark as it was at the preview. */
  benchmark_metrics: Benchmark;
  /** Why the account gets nothing; null when it gets some. */
  reason: Reason | (null | null);
  /** Weight of its entitlement by the fairness policy; null where it could not have taken a part. */
  entitlement_weight: number | null;
  /** Unit of what is stated for the account; null where nothing is. */
  requested_type: StatedType | (null | null);
  /** What is stated for it. */
  requested_value: number | null;
  /** The same in face, down to the grid. */
  requested_quantity: number | null;
  /** Stated amounts: DIRECT, as stated; PRO_RATA, cut in proportion, its priority asking for more than was left; REMAINDER, of what the stated amounts left. Null for nothing. */
  allocation_source: AllocationSource | (null | null);
  /** Face owed before the order: its balance in the fairness ledger and its part of what is placed; negative where it has had too much, null in previews from before the ledger. */
  owed_before: number | null;
  /** The same less what it gets: its balance after the order. */
  owed_after: number | null;
  /** lambda of this account, where MIN_DISPERSION weighed what is owed; else null. */
  fairness_weight: number | null;
};
export type TargetMetric =
  "ACTIVE_SPREAD_DURATION" | "DURATION" | "OAS" | "DTS";
export type DispersionWeighting = "EQUAL" | "NAV";
export type DispersionMetrics = {
  /** Standard deviation before the trade. */
  pre_trade_std_dev: number;
  /** Standard deviation after the trade. */
  post_trade_std_dev: number;
  /** (before - after) / before, a fraction. */
  improvement: number;
  /** Largest deviation from the mean after the trade. */
  max_deviation: number;
  /** Smallest deviation from the mean after the trade. */
  min_deviation: number;
  /** The mean after the trade. */
  target_value: number;
  /** Whether max_deviation is within the tolerance. */
  within_tolerance: boolean;
  /** The metric. */
  target_metric: TargetMetric;
  /** How accounts count. */
  weighting: DispersionWeighting;
};
export type ProofStatus = "OPTIMAL" | "WITHIN_GAP" | "FALLBACK";
export type AllocationSolver = "EXACT" | "SLSQP";
export type Optimality = {
  /** What is known about the answer. */
  status: ProofStatus;
  /** No split has a smaller deviation than this. */
  lower_bound_std_dev: number | null;
  /** Distance from the bound, as a fraction. */
  gap: number | null;
  /** Residual of the optimality conditions. */
  kkt_residual: number | null;
  /** The solver. */
  solver: AllocationSolver;
  /** Iterations. */
  iterations: number;
  /** Why the status is what it is. */
  reason: string | null;
  /** Root of what was minimised, which bound and gap are of: the standard deviation, with fairness LEDGER also what is owed. Null in previews from before the ledger. */
  objective_std_dev: number | null;
};
export type AllocationBreakdown = {
  /** Of a DOLLAR_AMOUNT. */
  dollar_amount_count: number;
  /** Of a PERCENTAGE. */
  percentage_count: number;
  /** Of a QUANTITY. */
  quantity_count: number;
  /** Of the remainder. */
  remainder_count: number;
};
export type FairnessMode = "PER_ORDER" | "LEDGER";
export type FairnessSource = "REQUEST" | "POLICY";
export type FairnessEffect = "STEERED" | "NOTHING_OWED" | "RECORDED";
export type WeightSource = "REQUEST" | "POLICY" | "AUTO" | "DISPERSION_COST";
export type Balance = {
  /** The account. */
  account_id: string;
  /** Face; negative where it has had too much. */
  quantity: number;
  /** The same in minimum pieces of this order. */
  pieces: number;
};
export type FairnessSummary = {
  /** How the order was split: by itself, or by what accounts are owed. */
  mode: FairnessMode;
  /** Whether the request or the policy said so. */
  source: FairnessSource;
  /** What the ledger did to the split. STEERED: it moved the shares. NOTHING_OWED: no account that can take part is owed anything, so plain weights hold. RECORDED: the split is as without it; the ledger only records. */
  effect: FairnessEffect;
  /** The fairness policy in force. */
  policy_id: string;
  /** Its version. */
  policy_version: number;
  /** The ledger: the groups of the order, with SECTOR also its sector. */
  scope: string;
  /** Date of the last entry of the ledger; null where there is none. */
  as_of: string | null;
  /** lambda of all accounts; null where the ledger did not steer by one, or each has its own (AUTO). */
  fairness_weight: number | null;
  /** Where lambda comes from. AUTO: one for each account, chosen so that without caps none ends more than two pieces from what it is owed. DISPERSION_COST: the greatest within max_dispersion_cost. */
  weight_source: WeightSource | (null | null);
  /** Greatest balance of the ledger, by size, before the order and its entitlements; null without accounts. */
  greatest_before: Balance | (null | null);
  /** The same after the order, if it is committed and filled as previewed. */
  greatest_after: Balance | (null | null);
  /** Least standard deviation of this order, without ledger and tiers; null where the ledger did not steer MIN_DISPERSION. */
  least_std_dev: number | null;
  /** Standard deviation over the least, less 1; null where the least is not known or 0. */
  dispersion_cost: number | null;
};
export type Summary = {
  /** Face that is allocated. */
  total_allocated: number;
  /** Face that is not. */
  unallocated: number;
  /** Allocated face as a fraction of the order. */
  allocation_rate: number;
  /** Accounts that get some. */
  accounts_allocated: number;
  /** Accounts that get nothing. */
  accounts_skipped: number;
  /** Dispersion of the metric. */
  dispersion_metrics: DispersionMetrics;
  /** Sum of the notionals. */
  total_notional: number;
  /** Sum of the settlement amounts. */
  total_settlement_amount: number;
  /** MIN_DISPERSION only; null for other methods. */
  optimality: Optimality | (null | null);
  /** Stated amounts only: face that went out as stated. */
  direct_allocations: number | null;
  /** Stated amounts only: face of the remainder. */
  remainder_allocations: number | null;
  /** Stated amounts only: accounts by what they got. */
  allocation_breakdown: AllocationBreakdown | (null | null);
  /** Fairness over orders; null in previews from before the ledger. */
  fairness: FairnessSummary | (null | null);
};
export type Warning = {
  /** Kind of warning. */
  type: WarningType;
  /** Id by which a commit acknowledges it: a hash of its content. */
  warning_id: string;
  /** The account; null for the whole order. */
  account_id: string | null;
  /** What is the matter. */
  message: string;
  /** The numbers behind it. With source ALADDIN it comes from Aladdin's compliance: rule_id, severity, description and action_status are its words, or state and reason say why it has none. */
  details: {
    [key: string]: any;
  };
};
export type ItemError = {
  /** The asset or account. */
  security_id: string;
  /** Aladdin's code, in its own words: no closed list. */
  code: string;
  /** Aladdin's message. */
  message: string;
};
export type AllocationMethod = "PRO_RATA" | "CUSTOM_WEIGHTS" | "MIN_DISPERSION";
export type BaseMetric =
  | "NAV"
  | "MARKET_VALUE"
  | "POSITION"
  | "CUSTOM"
  | "EQUAL"
  | "CASH"
  | "GAP"
  | "ORDER_SIZE";
export type StatedAmount = {
  /** Account of the groups. */
  account_id: string;
  /** Unit of the values. DOLLAR_AMOUNT: money, which the settlement amount does not exceed. PERCENTAGE: a fraction of the order, 0.25 for 25 %. QUANTITY: face. */
  type: StatedType;
  /** What the account is to get. */
  value: number;
  /** Where less would come out, the account gets nothing. */
  min_value?: number | null;
  /** Bound of what the account has with its part of the remainder. Without it the account stays at `value`, unless every account is named. */
  max_value?: number | null;
  /** Smaller is served before larger, and accounts without one at last. */
  priority?: number | null;
};
export type RemainderHandling = "PRO_RATA" | "EQUAL" | "NONE";
export type UsedParameters = {
  /** PRO_RATA: what the shares are proportional to. EQUAL: one each. CASH: available cash. GAP: face that would bring the account's target metric to its benchmark; nothing where it is past it. ORDER_SIZE: the account's own order in base_amounts, which it never exceeds. */
  base_metric: BaseMetric;
  /** PRO_RATA with base_metric CUSTOM or ORDER_SIZE, and only there: an amount for each account; with ORDER_SIZE the face of its own order. */
  base_amounts: {
    [key: string]: number;
  };
  /** CUSTOM_WEIGHTS, and only there: a weight for each account; each at most 1, and they sum to 1, unless normalize is true. */
  weights: {
    [key: string]: number;
  };
  /** CUSTOM_WEIGHTS: scale weights of any positive sum to 1, such as 60 and 40, or 1, 1 and 1. */
  normalize: boolean;
  /** CUSTOM_WEIGHTS: give what an account cannot take to the others. */
  redistribute: boolean;
  /** The metric whose dispersion is reported, and minimised by MIN_DISPERSION. */
  target_metric: TargetMetric;
  /** How accounts count in the dispersion. */
  weighting: DispersionWeighting;
  /** MIN_DISPERSION: which solver. */
  solver: AllocationSolver;
  /** Largest acceptable deviation from the mean: years; for OAS and DTS hundreds of basis points. */
  tolerance: number;
  /** MIN_DISPERSION with SLSQP: most iterations. */
  max_iterations: number;
  /** CUSTOM_WEIGHTS, instead of weights: what accounts are to get, each named once. */
  allocations: StatedAmount[];
  /** With allocations: what these leave of the order goes by NAV or equally to accounts that are not named, or stays. */
  remainder_handling: RemainderHandling;
  /** With allocations: an account that cannot get all of its amount gets a part. Otherwise nothing. */
  allow_partial: boolean;
  /** PRO_RATA and MIN_DISPERSION: account ids by tier. The first tier is served by the method before the second, and so on; accounts in none come last. Of MIN_DISPERSION each tier is proved by itself: the proof that is shown is the last tier's, its status the worst of all. */
  tiers: string[][];
  /** Whether what accounts are owed from earlier orders counts: PER_ORDER or LEDGER. Null or left out: as the fairness policy says. */
  fairness: FairnessMode | (null | null);
  /** MIN_DISPERSION with LEDGER: lambda, how much what is owed counts beside the dispersion; 0 is the least dispersion. Null or left out: the policy's. */
  fairness_weight: number | null;
  /** MIN_DISPERSION with LEDGER, instead of fairness_weight: the greatest weight whose standard deviation is at most this fraction above the least, 0.1 for 10 %. */
  max_dispersion_cost: number | null;
};
export type Exclusion = {
  /** Account of the groups. */
  account_id: string;
  /** Why; kept and shown. */
  reason: string;
};
export type AccountLimit = {
  /** Least face: the account gets no less. */
  min?: number | null;
  /** Most face; with 0 it gets nothing. */
  max?: number | null;
  /** Just this face, with neither min nor max. */
  fixed?: number | null;
};
export type CashReserve = {
  /** Money in the account's currency. */
  amount?: number | null;
  /** Fraction of the account's NAV: 0.02 means 2 %. */
  percent_of_nav?: number | null;
};
export type UsedConstraints = {
  /** BUY: no account spends more than its available cash. */
  respect_cash: boolean;
  /** Smallest face that an account may get; the bond's own holds too. */
  min_allocation: number;
  /** Apply the compliance rules; false needs compliance:bypass. */
  compliance_check: boolean;
  /** Allocate on the bond's grid of increments. */
  round_to_denomination: boolean;
  /** Accounts that get nothing of this order, each once, with the reason. */
  exclude_accounts: Exclusion[];
  /** Bounds on what single accounts get, in face; one that cannot be met is refused. */
  account_limits: {
    [key: string]: AccountLimit;
  };
  /** BUY: cash that stays in each account; an account's reference data may hold more back. Not with respect_cash false. */
  cash_reserve: CashReserve | (null | null);
  /** SELL: what stays of a position is nothing or at least the bond's minimum piece; with false, less is warned of. */
  leave_tradable: boolean;
  /** Amounts are multiples of this face, itself one of the bond's increment. */
  round_to: number | null;
  /** round_to holds only for amounts above it. */
  round_to_above_only: boolean;
};
export type CommitStatus =
  "SUCCESS" | "FAILED" | "PENDING_COMPLIANCE" | "PENDING_APPROVAL";
export type CommitLineStatus =
  "SUBMITTED" | "FAILED" | "PENDING_COMPLIANCE" | "PENDING_APPROVAL";
export type CommitLine = {
  /** Account id. */
  account_id: string;
  /** Aladdin's id of the block order. */
  aladdin_order_id: string | null;
  /** What became of it; PENDING_COMPLIANCE and PENDING_APPROVAL as for the whole. */
  status: CommitLineStatus;
  /** The same in words. */
  message: string;
  /** Face of the slice. */
  allocated_quantity: number;
};
export type Acknowledgement = {
  /** Id of the warning. */
  warning_id: string;
  /** Kind of warning. */
  type: WarningType;
  /** The account; null for the whole order. */
  account_id: string | null;
  /** Who acknowledged it. */
  acknowledged_by: string;
};
export type CommitResult = {
  /** What became of it. PENDING_COMPLIANCE: Aladdin has the order, but its compliance has not finished and may still bar it; GET /orders/{order_id} shows what comes of it. The allocation is SUBMITTED. PENDING_APPROVAL: nothing was sent, because another user has to approve it first; the allocation shows what comes of that. */
  status: CommitStatus;
  /** Aladdin's ids; one block order with a slice for each account. */
  aladdin_order_ids: string[];
  /** The slices. */
  allocations: CommitLine[];
  /** Id of the audit record. */
  audit_id: string;
  /** The allocation that was committed. */
  allocation_id: string;
  /** What became of it, in words. */
  message: string;
  /** The warnings that were acknowledged one by one, and by whom. */
  acknowledged_warnings: Acknowledgement[];
};
export type AuditDamage =
  | "CHANGED"
  | "REMOVED"
  | "INSERTED"
  | "REORDERED"
  | "HEAD_MISSING"
  | "HEAD_CHANGED"
  | "ANCHOR_MISSING"
  | "ROW_CHANGED"
  | "ROW_REMOVED"
  | "ROW_INSERTED";
export type Break = {
  /** What is wrong. */
  damage: AuditDamage;
  /** Day of the record in the chain; null for a row of no record. */
  day: string | null;
  /** Place in that day; null for the whole day. */
  sequence: number | null;
  /** The record; null where none is left to name. */
  audit_id: string | null;
  /** The same in words. */
  message: string;
  /** Table of the row; null for a record. */
  table: string | null;
  /** Primary key of the row, by column; null for a record. */
  key: {
    [key: string]: string;
  } | null;
  /** Column that was changed; null otherwise. */
  column: string | null;
  /** Its value in the record; of a document, the SHA-256. */
  recorded: string | null;
  /** Its value in the row; of a document, the SHA-256. */
  found: string | null;
};
export type Chosen = {
  /** Id of the comparison. */
  comparison_id: string;
  /** Name of the variant. */
  variant: string;
};
export type EditCost = {
  /** Standard deviation without edits. */
  unedited_std_dev: number;
  /** The least without edits, by MIN_DISPERSION whatever the method. */
  least_std_dev: number;
  /** No split without edits has a smaller one; null where nothing was proved. */
  lower_bound_std_dev: number | null;
  /** How far the least is proved; null where that is not known. */
  status: ProofStatus | (null | null);
  /** Standard deviation with the edits. */
  post_trade_std_dev: number;
  /** With the edits less the least, in the metric's unit. */
  absolute: number;
  /** The same as a fraction of the least; null where that is 0. */
  relative: number | null;
  /** Face allocated with edits, less that of the least. */
  total_difference: number;
};
export type Move = {
  /** Account id. */
  account_id: string;
  /** Face before the edit. */
  before: number;
  /** Face after it. */
  after: number;
  /** The difference. */
  difference: number;
};
export type Adjustment = {
  /** The preview that was edited. */
  adjusted_from: string;
  /** The preview without any edit, where a chain of edits begins. */
  unedited_id: string;
  /** Face that edits have fixed, by account id; those of earlier edits stay. */
  fixed: {
    [key: string]: number;
  };
  /** What all edits cost together. */
  cost: EditCost;
  /** Accounts whose face the last edit changed. */
  moved: Move[];
};
export type ApprovalReason = "ABOVE_NOTIONAL" | "WARNINGS";
export type ApprovalDecision = "APPROVED" | "REJECTED";
export type Approval = {
  /** Who asked for the commit. */
  requested_by: string;
  /** When, in UTC. */
  requested_at: string;
  /** Comment of who asked for it. */
  comment: string;
  /** Why it needs an approval. */
  needed_for: ApprovalReason[];
  /** The warnings that were acknowledged one by one, and by whom. */
  acknowledged_warnings: Acknowledgement[];
  /** What was decided; null while it waits. */
  decision: ApprovalDecision | (null | null);
  /** Who decided; null while it waits. */
  decided_by: string | null;
  /** When, in UTC; null while it waits. */
  decided_at: string | null;
  /** Comment or reason of who decided; null while it waits. */
  reason: string | null;
};
export type SettledOutcome = "SENT" | "NOT_SENT";
export type Settlement = {
  /** What they say became of the order. */
  outcome: SettledOutcome;
  /** Aladdin's id of the order; null for NOT_SENT. */
  order_id: string | null;
  /** Face of that order at Aladdin when it was proposed; null for NOT_SENT or unknown. */
  order_quantity: number | null;
  /** Why, in the words of who proposed it. */
  reason: string;
  /** Who proposed it. */
  proposed_by: string;
  /** When, in UTC. */
  proposed_at: string;
  /** Who confirmed it; null while it is a proposal. */
  confirmed_by: string | null;
  /** When, in UTC; null while it is a proposal. */
  confirmed_at: string | null;
  /** Why, in the words of who confirmed it; null while it is a proposal. */
  confirmed_reason: string | null;
};
export type BlotterPlace = {
  /** Id of the blotter. */
  blotter_id: string;
  /** Number of the line, from 1. */
  line: number;
  /** Previews whose trades the book contains. */
  earlier: number;
  /** The last of these previews, which names the one before it; null without any. */
  previous: string | null;
};
export type Allocation = {
  /** Id of the preview. */
  allocation_id: string;
  /** When it was computed, in UTC. */
  timestamp: string;
  /** The block order. */
  order: PricedOrder;
  /** Every account of the groups, also those that get nothing. */
  allocations: AccountAllocation[];
  /** Totals. */
  summary: Summary;
  /** What to have seen before committing. */
  warnings: Warning[];
  /** Assets or accounts for which Aladdin gave an error. */
  errors: ItemError[];
  /** State of the preview. */
  status: AllocationStatus;
  /** Until when it can be committed. */
  expires_at: string;
  /** Who asked for it. */
  created_by: string;
  /** How the order was split. */
  allocation_method: AllocationMethod;
  /** Groups that took part. */
  portfolio_groups: string[];
  /** Parameters, defaults filled in. */
  parameters: UsedParameters;
  /** Limits and wishes, defaults filled in. */
  constraints: UsedConstraints;
  /** What became of the commit; null before it. */
  commit: CommitResult | (null | null);
  /** Where what is stored is not as the audit trail has it; empty where all is. */
  evidence_breaks: Break[];
  /** Id of the fairness policy that was in force; null before there was any. */
  fairness_policy_id: string | null;
  /** The variant of a comparison that was chosen; null where this was none. */
  comparison: Chosen | (null | null);
  /** What the edit of another preview fixed, moved and costs; null where this is no edit. */
  adjustment: Adjustment | (null | null);
  /** The commit's approval by another user; null where none was needed or asked for. */
  approval: Approval | (null | null);
  /** How people settled an unknown outcome, or propose to; null otherwise. */
  settlement: Settlement | (null | null);
  /** The line of a blotter whose book it was computed on; null where it is of none. */
  blotter: BlotterPlace | (null | null);
};
export type OrderRequest = {
  /** CUSIP or ISIN of the bond. */
  security_id: string;
  /** Which way to trade. */
  side: Side;
  /** Face to split, in the bond's currency. A whole number, but for a sale that takes a position with cents of face whole. Exactly one of quantity, notional and percent_of_nav is given. */
  quantity?: number;
  /** Settlement date, from the business date on; standard settlement when left out. */
  settlement_date?: string | null;
  /** Clean price per 100 of face instead of the market's; accrued interest stays. */
  price?: number | null;
  /** Principal to trade instead of a quantity, without accrued interest, in the bond's currency: the most face on the grid that is worth no more at the price of the preview. */
  notional?: number | null;
  /** Principal to trade instead of a quantity, as a fraction of the NAV of all accounts that are not excluded by the request: 0.05 means 5 %. Then as notional. */
  percent_of_nav?: number | null;
};
export type Parameters = {
  /** PRO_RATA: what the shares are proportional to. EQUAL: one each. CASH: available cash. GAP: face that would bring the account's target metric to its benchmark; nothing where it is past it. ORDER_SIZE: the account's own order in base_amounts, which it never exceeds. "NAV" when left out. */
  base_metric?: BaseMetric;
  /** PRO_RATA with base_metric CUSTOM or ORDER_SIZE, and only there: an amount for each account; with ORDER_SIZE the face of its own order. */
  base_amounts?: {
    [key: string]: number;
  };
  /** CUSTOM_WEIGHTS, and only there: a weight for each account; each at most 1, and they sum to 1, unless normalize is true. */
  weights?: {
    [key: string]: number;
  };
  /** CUSTOM_WEIGHTS: scale weights of any positive sum to 1, such as 60 and 40, or 1, 1 and 1. false when left out. */
  normalize?: boolean;
  /** CUSTOM_WEIGHTS: give what an account cannot take to the others. false when left out. */
  redistribute?: boolean;
  /** The metric whose dispersion is reported, and minimised by MIN_DISPERSION. "ACTIVE_SPREAD_DURATION" when left out. */
  target_metric?: TargetMetric;
  /** How accounts count in the dispersion. "EQUAL" when left out. */
  weighting?: DispersionWeighting;
  /** MIN_DISPERSION: which solver. "EXACT" when left out. */
  solver?: AllocationSolver;
  /** Largest acceptable deviation from the mean: years; for OAS and DTS hundreds of basis points. 0.05 when left out. */
  tolerance?: number;
  /** MIN_DISPERSION with SLSQP: most iterations. 1000 when left out. */
  max_iterations?: number;
  /** CUSTOM_WEIGHTS, instead of weights: what accounts are to get, each named once. [] when left out. */
  allocations?: StatedAmount[];
  /** With allocations: what these leave of the order goes by NAV or equally to accounts that are not named, or stays. "NONE" when left out. */
  remainder_handling?: RemainderHandling;
  /** With allocations: an account that cannot get all of its amount gets a part. Otherwise nothing. false when left out. */
  allow_partial?: boolean;
  /** PRO_RATA and MIN_DISPERSION: account ids by tier. The first tier is served by the method before the second, and so on; accounts in none come last. Of MIN_DISPERSION each tier is proved by itself: the proof that is shown is the last tier's, its status the worst of all. [] when left out. */
  tiers?: string[][];
  /** Whether what accounts are owed from earlier orders counts: PER_ORDER or LEDGER. Null or left out: as the fairness policy says. */
  fairness?: FairnessMode | (null | null);
  /** MIN_DISPERSION with LEDGER: lambda, how much what is owed counts beside the dispersion; 0 is the least dispersion. Null or left out: the policy's. */
  fairness_weight?: number | null;
  /** MIN_DISPERSION with LEDGER, instead of fairness_weight: the greatest weight whose standard deviation is at most this fraction above the least, 0.1 for 10 %. */
  max_dispersion_cost?: number | null;
};
export type Constraints = {
  /** BUY: no account spends more than its available cash. true when left out. */
  respect_cash?: boolean;
  /** Smallest face that an account may get; the bond's own holds too. 0 when left out. */
  min_allocation?: number;
  /** Apply the compliance rules; false needs compliance:bypass. true when left out. */
  compliance_check?: boolean;
  /** Allocate on the bond's grid of increments. true when left out. */
  round_to_denomination?: boolean;
  /** Accounts that get nothing of this order, each once, with the reason. [] when left out. */
  exclude_accounts?: Exclusion[];
  /** Bounds on what single accounts get, in face; one that cannot be met is refused. */
  account_limits?: {
    [key: string]: AccountLimit;
  };
  /** BUY: cash that stays in each account; an account's reference data may hold more back. Not with respect_cash false. */
  cash_reserve?: CashReserve | (null | null);
  /** SELL: what stays of a position is nothing or at least the bond's minimum piece; with false, less is warned of. true when left out. */
  leave_tradable?: boolean;
  /** Amounts are multiples of this face, itself one of the bond's increment. */
  round_to?: number | null;
  /** round_to holds only for amounts above it. false when left out. */
  round_to_above_only?: boolean;
};
export type PreviewRequest = {
  /** The block order. */
  order: OrderRequest;
  /** How to split it. */
  allocation_method: AllocationMethod;
  /** Groups whose accounts take part; each group once. */
  portfolio_groups: string[];
  /** Parameters of the method. */
  parameters?: Parameters;
  /** Limits and wishes of this request. */
  constraints?: Constraints;
};
export type GroupTakes = {
  /** Group id. */
  group_id: string;
  /** Group name. */
  group_name: string;
  /** Number of accounts. */
  account_count: number;
  /** Sum of their NAVs; null when one is not known or currencies differ. */
  nav: number | null;
  /** Accounts that could take a lot. */
  eligible_accounts: number;
  /** Face that they could take together, if no other group took part. */
  capacity: number;
};
export type AccountTakes = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** Those of the groups that it is under. */
  group_ids: string[];
  /** Net asset value. */
  nav: number | null;
  /** Face that it could take, at most the order: max_quantity of a preview. It may lie off the grid. */
  max_quantity: number;
  /** What holds it below the order; null where it could take all of it. */
  reason: Reason | (null | null);
};
export type OrderCapacity = {
  /** The block order as it was priced. */
  order: PricedOrder;
  /** The groups, by id. */
  groups: GroupTakes[];
  /** Their accounts, by id. */
  accounts: AccountTakes[];
  /** Face that all accounts could take together, at most the order. */
  capacity: number;
  /** What compliance says of the whole order where that caps it; else null. */
  reason: Reason | (null | null);
};
export type CapacityRequest = {
  /** The block order. */
  order: OrderRequest;
  /** Groups whose accounts take part; each group once. */
  portfolio_groups: string[];
  /** Limits and wishes, as in a preview. */
  constraints?: Constraints;
};
export type TableFormat = "json" | "csv" | "xlsx";
export type EngineChange = {
  /** Version that brought the change. */
  version: string;
  /** What it changed, in words. */
  change: string;
  /** Rules that it touches, as the documents number them. */
  rules: string[];
};
export type Replay = {
  /** Id of the preview. */
  allocation_id: string;
  /** Whether every number is the same, and all is stored as recorded. */
  identical: boolean;
  /** Fingerprint of the stored inputs. */
  snapshot_sha256: string;
  /** Version of the code that computed the preview. */
  recorded_engine_version: string;
  /** Version of the code that recomputed it. */
  engine_version: string;
  /** Changes of the code since then that can have moved the numbers, where they differ. */
  engine_changes: EngineChange[];
  /** Where the numbers differ. */
  differences: string[];
  /** Where what is stored is not as the audit trail has it; then it is not identical. */
  evidence_breaks: Break[];
};
export type FrontierPoint = {
  /** lambda; null for a preview that has none, or one for each account. */
  fairness_weight: number | null;
  /** Standard deviation after the trade. */
  post_trade_std_dev: number;
  /** Standard deviation over the least, less 1; null where that is 0. */
  dispersion_cost: number | null;
  /** Greatest balance after the order, by size. */
  greatest_after: Balance | (null | null);
};
export type Frontier = {
  /** The preview. */
  allocation_id: string;
  /** How accounts count in the dispersion. */
  weighting: DispersionWeighting;
  /** Face of the minimum piece, in which balances are counted. */
  minimum_piece: number;
  /** By lambda, from 0 to the split by what is owed. */
  points: FrontierPoint[];
  /** The preview itself. */
  preview: FrontierPoint;
};
export type AllocationLine = {
  /** Id of the preview. */
  allocation_id: string;
  /** State. */
  status: AllocationStatus;
  /** When it was computed, in UTC. */
  timestamp: string;
  /** Until when it could be committed. */
  expires_at: string;
  /** Who asked for it. */
  created_by: string;
  /** The bond. */
  security_id: string;
  /** Its short description; null where that is unknown. */
  security_description: string | null;
  /** Which way. */
  side: Side;
  /** How it was split. */
  allocation_method: AllocationMethod;
  /** Face that was asked for. */
  quantity: number;
  /** Face that the preview allocated. */
  total_allocated: number;
  /** Face that was not. */
  unallocated: number;
  /** Face of the order now, after every change; null without an order. */
  ordered_quantity: number | null;
  /** Face filled of it; 0 where nothing is filled, null without an order or where that is unknown. */
  filled_quantity: number | null;
  /** Groups that took part. */
  portfolio_groups: string[];
  /** Aladdin's id, once committed. */
  aladdin_order_id: string | null;
};
export type AllocationPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The allocations. */
  allocations: AllocationLine[];
};
export type Edits = {
  [key: string]: number;
};
export type VariantProblemCode =
  "INVALID_REQUEST" | "DATA_MISSING" | "SOLVER_ERROR";
export type VariantProblem = {
  /** Kind of problem. */
  code: VariantProblemCode;
  /** The kind of problem in words. */
  title: string;
  /** What is the matter. */
  detail: string;
  /** The fields at fault, as in a preview of this variant alone; empty where none is. */
  errors: FieldError[];
};
export type ShownVariant = {
  /** What it is called. */
  name: string;
  /** How the order was split. */
  allocation_method: AllocationMethod;
  /** Parameters, defaults filled in. */
  parameters: UsedParameters;
  /** Limits and wishes, defaults filled in. */
  constraints: UsedConstraints;
  /** Totals and dispersion; null where there is a problem. */
  summary: Summary | (null | null);
  /** What to have seen before committing. */
  warnings: Warning[];
  /** How long the split took to compute. */
  milliseconds: number;
  /** Why it was not computed; null where it was. */
  problem: VariantProblem | (null | null);
  /** The preview that it was made; null where it was not chosen. */
  allocation_id: string | null;
};
export type Cell = {
  /** Name of the variant. */
  variant: string;
  /** Face; 0 when it gets nothing. */
  allocated_quantity: number;
  /** The variant's target metric before the trade. */
  pre_trade_metric: number | null;
  /** The variant's target metric after the trade; null where it is unknown. */
  post_trade_metric: number | null;
  /** Why the account gets nothing; null when it gets some. */
  reason: Reason | (null | null);
};
export type ComparedAccount = {
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** Net asset value before the trade. */
  nav: number | null;
  /** The account's benchmark as it was then. */
  benchmark_metrics: Benchmark;
  /** What it gets by each variant, in their order; null for one that has a problem. */
  variants: ((null | null) | Cell)[];
};
export type Comparison = {
  /** Id of the comparison. */
  comparison_id: string;
  /** When it was computed, in UTC. */
  timestamp: string;
  /** Until when a variant can be chosen, and committed. */
  expires_at: string;
  /** Who asked for it. */
  created_by: string;
  /** The block order. */
  order: PricedOrder;
  /** Groups that took part. */
  portfolio_groups: string[];
  /** Limits and wishes that the variants share. */
  constraints: UsedConstraints;
  /** The variants: columns. */
  variants: ShownVariant[];
  /** Every account of the groups: rows. */
  allocations: ComparedAccount[];
  /** Assets or accounts for which Aladdin gave an error. */
  errors: ItemError[];
  /** Where what is stored is not as the audit trail has it; empty where all is. */
  evidence_breaks: Break[];
};
export type Variant = {
  /** What to call it, each name once; one without a name is called by its place: 1, 2, ... */
  name?: string;
  /** How to split the order. */
  allocation_method: AllocationMethod;
  /** Parameters of the method. */
  parameters?: Parameters;
  /** Limits and wishes of this variant, in place of those of the comparison. */
  constraints?: Constraints | (null | null);
};
export type ComparisonRequest = {
  /** The block order. */
  order: OrderRequest;
  /** Groups whose accounts take part; each group once. */
  portfolio_groups: string[];
  /** Limits and wishes of all variants that state none of their own. */
  constraints?: Constraints;
  /** The ways to split the order. */
  variants: Variant[];
};
export type Choice = {
  /** Name of the variant. */
  variant: string;
};
export type AllocTransType = "NEW" | "REPLACE" | "CANCEL";
export type AllocType = "PRELIMINARY" | "CALCULATED";
export type FixMessage = {
  /** AllocID (70): the allocation's id, and `sequence` after a dash. */
  alloc_id: string;
  /** Its place in the allocation's messages, from 1. */
  sequence: number;
  /** AllocTransType (71). */
  trans_type: AllocTransType;
  /** AllocType (626). */
  alloc_type: AllocType;
  /** RefAllocID (72): the message that it replaces or cancels; null in a new one. */
  replaces: string | null;
  /** When it left, in UTC. */
  sent_at: string;
  /** Who asked for it. */
  sent_by: string;
  /** SHA-256 of its bytes, as its audit record has it. */
  sha256: string;
};
export type FixMessages = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The messages. */
  messages: FixMessage[];
};
export type Commit = {
  /** Why, for the audit trail. */
  comment?: string;
  /** Accept the preview's warnings; needs allocations:override-warnings. false when left out. */
  override_warnings?: boolean;
  /** Ids of the warnings that you have reviewed and accept. */
  acknowledge?: string[];
};
export type Approve = {
  /** Why, for the audit trail. */
  comment?: string;
  /** Ids of the warnings that you have reviewed and accept. */
  acknowledge?: string[];
};
export type Reject = {
  /** Why, for the audit trail. */
  reason: string;
};
export type Settle = {
  /** SENT: Aladdin has the order. NOT_SENT: it never got it. */
  outcome: SettledOutcome;
  /** Aladdin's id of the order; for SENT alone. */
  order_id?: string | null;
  /** How you know, for the audit trail. */
  reason: string;
};
export type AllocationState = "PROVISIONAL" | "OF_RECORD" | "DIFFERENT";
export type OrderSlice = {
  /** Account id. */
  account_id: string;
  /** Face that the preview gave it. */
  previewed_quantity: number;
  /** Face now, after every change. */
  quantity: number;
  /** Face that is filled and allocated to the account; 0 where nothing is, null where unknown. */
  filled_quantity: number | null;
  /** Face that Aladdin has booked for the account; null where it does not say. */
  booked_quantity: number | null;
  /** filled_quantity less booked_quantity; null where Aladdin does not say. */
  difference_quantity: number | null;
};
export type BookingWarningType = "OFF_LOT" | "OVER_SLICE" | "OVER_CAPACITY";
export type BookingWarning = {
  /** What it breaks. */
  type: BookingWarningType;
  /** Account id. */
  account_id: string;
  /** The same in words. */
  message: string;
};
export type Order = {
  /** Aladdin's id of the order. */
  order_id: string;
  /** The allocation that it came from. */
  allocation_id: string;
  /** The bond. */
  security_id: string;
  /** Which way. */
  side: Side;
  /** Face that the preview allocated. */
  previewed_quantity: number;
  /** Face now, after every change. */
  quantity: number;
  /** Face that is filled; null where Aladdin does not say. */
  filled_quantity: number | null;
  /** Average clean price of the fills. */
  average_price: number | null;
  /** Aladdin's own word for the state of the order, which each of its clients defines, so no closed list: Compl Pending while its compliance has not finished; UNREPORTED where Aladdin does not show the order. */
  status: string;
  /** Settlement date. */
  settlement_date: string | null;
  /** When it was sent, in UTC. */
  created_at: string;
  /** When it last changed, in UTC. */
  updated_at: string;
  /** Who sent it. */
  created_by: string;
  /** Aladdin's count of the order's changes; null where it does not say. */
  touch_count: number | null;
  /** What filled_quantity of the slices is: PROVISIONAL while the order works or Aladdin was not seen since its end; OF_RECORD once it is over and they are what Aladdin has booked; DIFFERENT where it is over and Aladdin's booking is incomplete or does not add up to what is filled. */
  allocation_state: AllocationState;
  /** The accounts' slices. */
  slices: OrderSlice[];
  /** Rules that Aladdin's booking breaks; it is the allocation of record all the same. */
  warnings: BookingWarning[];
  /** Short description of the bond; null where that is unknown. */
  security_description: string | null;
  /** Groups that the order was split over. */
  portfolio_groups: string[];
  /** State of the allocation that it came from. */
  allocation_status: AllocationStatus;
};
export type OrderPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The orders. */
  orders: Order[];
};
export type OrderDetail = {
  /** Aladdin's id of the order. */
  order_id: string;
  /** The allocation that it came from. */
  allocation_id: string;
  /** The bond. */
  security_id: string;
  /** Which way. */
  side: Side;
  /** Face that the preview allocated. */
  previewed_quantity: number;
  /** Face now, after every change. */
  quantity: number;
  /** Face that is filled; null where Aladdin does not say. */
  filled_quantity: number | null;
  /** Average clean price of the fills. */
  average_price: number | null;
  /** Aladdin's own word for the state of the order, which each of its clients defines, so no closed list: Compl Pending while its compliance has not finished; UNREPORTED where Aladdin does not show the order. */
  status: string;
  /** Settlement date. */
  settlement_date: string | null;
  /** When it was sent, in UTC. */
  created_at: string;
  /** When it last changed, in UTC. */
  updated_at: string;
  /** Who sent it. */
  created_by: string;
  /** Aladdin's count of the order's changes; null where it does not say. */
  touch_count: number | null;
  /** What filled_quantity of the slices is: PROVISIONAL while the order works or Aladdin was not seen since its end; OF_RECORD once it is over and they are what Aladdin has booked; DIFFERENT where it is over and Aladdin's booking is incomplete or does not add up to what is filled. */
  allocation_state: AllocationState;
  /** The accounts' slices. */
  slices: OrderSlice[];
  /** Rules that Aladdin's booking breaks; it is the allocation of record all the same. */
  warnings: BookingWarning[];
  /** Short description of the bond; null where that is unknown. */
  security_description: string | null;
  /** Groups that the order was split over. */
  portfolio_groups: string[];
  /** State of the allocation that it came from. */
  allocation_status: AllocationStatus;
  /** Where the order is not stored as the audit trail has it; empty where all is. */
  evidence_breaks: Break[];
};
export type ModifyStatus = "SUCCESS" | "FAILED" | "PENDING_COMPLIANCE";
export type ModifyResult = {
  /** What became of it. PENDING_COMPLIANCE: Aladdin has the change, but its compliance has not finished and may still bar the order; GET /orders/{order_id} shows what comes of it. */
  status: ModifyStatus;
  /** The same in words. */
  message: string;
  /** Id of the audit record. */
  audit_id: string;
  /** Aladdin's id of the order. */
  aladdin_order_id: string;
};
export type ModifyOrder = {
  /** The order's new face. */
  quantity: number;
  /** Why, for the audit trail. */
  comment?: string;
  /** The order's touch_count as you saw it: when it has changed since, the answer is 409. Without it the order is changed as it is. */
  touch_count?: number | null;
};
export type CancelStatus = "SUCCESS" | "FAILED";
export type CancelResult = {
  /** What became of it. */
  status: CancelStatus;
  /** The same in words. */
  message: string;
  /** Id of the audit record. */
  audit_id: string;
};
export type CancelOrder = {
  /** Why, for the audit trail. */
  reason: string;
  /** The order's touch_count as you saw it: when it has changed since, the answer is 409. Without it the order is changed as it is. */
  touch_count?: number | null;
};
export type FillKind = "CALCULATED" | "BOOKED";
export type AllocatedFill = {
  /** Account id. */
  account_id: string;
  /** Face of this fill; negative where it was taken back. */
  quantity: number;
  /** The account's filled face after it. */
  filled_quantity: number;
  /** The order's average clean price, which every account gets. */
  average_price: number | null;
  /** The account's filled face after it at that price, by the bond's factor, to the cent; the accounts together may differ from the order by some cents. */
  principal: number;
};
export type Fill = {
  /** Its place among the fills of the order, from 1. */
  sequence: number;
  /** Whose split it is: CALCULATED here, or BOOKED by Aladdin and taken over, which corrects what was calculated before. */
  kind: FillKind;
  /** When it was seen, in UTC. */
  at: string;
  /** Face of this fill; negative where it was taken back. */
  quantity: number;
  /** The order's filled face after it. */
  filled_quantity: number;
  /** The order's average clean price after it; null with nothing filled. */
  average_price: number | null;
  /** The accounts' parts. */
  allocations: AllocatedFill[];
};
export type OrderFills = {
  /** Aladdin's id of the order. */
  order_id: string;
  /** Face. */
  quantity: number;
  /** Face that is filled; null where Aladdin does not say. */
  filled_quantity: number | null;
  /** Average clean price of the fills. */
  average_price: number | null;
  /** The fills, first to last. */
  fills: Fill[];
  /** Where the order is not stored as the audit trail has it; empty where all is. */
  evidence_breaks: Break[];
};
export type BrokerKind = "PAPER" | "SNAPTRADE";
export type AccountState = "CONNECTED" | "DISCONNECTED";
export type BrokerAccount = {
  /** Its id here. */
  account_id: string;
  /** The broker, or who stands between. */
  broker: BrokerKind;
  /** Its id at the broker. */
  external_id: string;
  /** A name for your screens. */
  name: string;
  /** What its orders are paid in. */
  currency: string;
  /** Whether its money is simulated. */
  is_paper: boolean;
  /** CONNECTED, or DISCONNECTED and without credentials. */
  state: AccountState;
  /** When it was connected, in UTC. */
  connected_at: string;
  /** When it was disconnected, in UTC. */
  disconnected_at: string | null;
};
export type BrokerAccountPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Your accounts, the last connected first. */
  accounts: BrokerAccount[];
};
export type PaperAccount = {
  /** A name for your screens. */
  name: string;
  /** Its currency, that of the prices of market history. "USD" when left out. */
  currency?: string;
  /** What it begins with. */
  cash: number;
  /** The same seed makes the same of the same orders. 0 when left out. */
  seed?: number;
  /** Basis points between bid and ask. 10 when left out. */
  spread_bps?: number;
  /** Basis points of what is traded. 10 when left out. */
  fee_bps?: number;
  /** false: fees are taken and not stated, so they are unknown. true when left out. */
  states_fees?: boolean;
  /** Part of the orders that is refused. 0.0 when left out. */
  rejection_rate?: number;
  /** Part of the orders that fills in two halves. 0.0 when left out. */
  partial_rate?: number;
  /** Part of the orders that is taken without an answer. 0.0 when left out. */
  lost_answer_rate?: number;
  /** Seconds before an order may trade. 0 when left out. */
  latency_seconds?: number;
};
export type SnapTradeAccount = {
  /** A name for your screens. */
  name: string;
  /** The currency that its orders are paid in. */
  currency: string;
  /** Its id at SnapTrade. */
  external_id: string;
  /** The user's id at SnapTrade. */
  user_id: string;
  /** The user's secret at SnapTrade. */
  user_secret: string;
};
export type BrokerBalance = {
  /** The currency. */
  currency: string;
  /** The cash; null where the broker does not say. */
  cash: number | null;
  /** What can be spent; null where the broker does not say. */
  buying_power: number | null;
};
export type BrokerHolding = {
  /** The asset, as the broker calls it. */
  symbol: string;
  /** Units. */
  quantity: number;
  /** What one has cost; null where the broker does not say. */
  average_price: number | null;
  /** Currency of the price. */
  currency: string | null;
};
export type BrokerAccountContent = {
  /** Its id here. */
  account_id: string;
  /** Whether its money is simulated. */
  is_paper: boolean;
  /** Cash by currency. */
  balances: BrokerBalance[];
  /** Assets, cash apart. */
  holdings: BrokerHolding[];
  /** When the broker was asked, in UTC. */
  as_of: string;
};
export type FeeSource = "BROKER" | "UNKNOWN";
export type BrokerOrderPreview = {
  /** Id of the account. */
  account_id: string;
  /** Whether its money is simulated. */
  is_paper: boolean;
  /** What a unit is sold to. */
  bid: number;
  /** What a unit is bought from. */
  ask: number;
  /** When the quote was made, in UTC; null where the broker does not say. */
  quoted_at: string | null;
  /** The quote's side, or the limit. */
  price: number;
  /** Money of all units. */
  notional: number;
  /** How much worse than the middle of the quote, in basis points. */
  slippage_bps: number;
  /** The fee; null where it is unknown, which is not 0. */
  fee: number | null;
  /** Its currency. */
  fee_currency: string | null;
  /** Who states it. */
  fee_source: FeeSource;
};
export type OrderType = "MARKET" | "LIMIT";
export type BrokerOrderWish = {
  /** The asset. */
  symbol: string;
  /** BUY or SELL. */
  side: Side;
  /** MARKET or LIMIT. */
  type: OrderType;
  /** Units of the asset. */
  quantity: number;
  /** Of a limit order: the price of a unit in the account's currency. */
  limit_price?: number | null;
};
export type BrokerOrderStatus =
  | "SENDING"
  | "UNKNOWN"
  | "FAILED"
  | "OPEN"
  | "PARTIALLY_FILLED"
  | "FILLED"
  | "CANCELLED"
  | "REJECTED"
  | "UNRECOGNISED";
export type BrokerOrder = {
  /** Its id here. */
  order_id: string;
  /** Id of the account. */
  account_id: string;
  /** Whether its money is simulated. */
  is_paper: boolean;
  /** The asset. */
  symbol: string;
  /** What it is paid in. */
  currency: string;
  /** BUY or SELL. */
  side: Side;
  /** MARKET or LIMIT. */
  type: OrderType;
  /** Units that were asked for. */
  quantity: number;
  /** Its limit; null without one. */
  limit_price: number | null;
  /** What it was expected to be worth. */
  notional: number;
  /** SENDING: no answer yet. UNKNOWN: it may be at the broker, and is looked for. FAILED: it surely is not. The others are the broker's; UNRECOGNISED may still trade. */
  status: BrokerOrderStatus;
  /** Why, where there is something to say. */
  reason: string | null;
  /** Its id at the broker. */
  broker_order_id: string | null;
  /** Units that were traded. */
  filled_quantity: number;
  /** What one of them has cost. */
  average_price: number | null;
  /** The fee so far; null where it is unknown, which is not 0. */
  fee: number | null;
  /** Its currency. */
  fee_currency: string | null;
  /** Who states the fee. */
  fee_source: FeeSource;
  /** When it was let out, in UTC. */
  created_at: string;
  /** When something last changed, in UTC. */
  updated_at: string;
  /** Who asked for it. */
  created_by: string;
};
export type BrokerOrderPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Orders, newest first. */
  orders: BrokerOrder[];
};
export type BlotterStatus =
  | "PENDING"
  | "RUNNING"
  | "READY"
  | "COMMITTING"
  | "COMMITTED"
  | "PARTIAL"
  | "FAILED";
export type LineStatus =
  | "PENDING"
  | "PREVIEWED"
  | "PENDING_APPROVAL"
  | "COMMITTING"
  | "SUBMITTED"
  | "FAILED"
  | "UNKNOWN"
  | "CANCELLED"
  | "EXPIRED"
  | "REJECTED";
export type LineCount = {
  /** State of the lines. */
  status: LineStatus;
  /** How many they are. */
  count: number;
};
export type BlotterSummary = {
  /** Id of the blotter. */
  blotter_id: string;
  /** What it is at. */
  status: BlotterStatus;
  /** When it was asked for, in UTC. */
  timestamp: string;
  /** Who asked for it. */
  created_by: string;
  /** Lines in all. */
  line_count: number;
  /** How many lines are in which state. */
  lines_by_status: LineCount[];
  /** Whether proceeds of earlier sales are cash of purchases that settle no earlier. */
  sales_fund_buys: boolean;
  /** Whether all lines are split at once. */
  split_jointly: boolean;
  /** The job that previews the lines. */
  preview_job_id: string;
  /** The last job that commits them; null before there was one. */
  commit_job_id: string | null;
};
export type BlotterPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The blotters. */
  blotters: BlotterSummary[];
};
export type SubmittedBlotter = {
  /** Id of the blotter; null where it was only checked. */
  blotter_id: string | null;
  /** Id of the job; null where it was only checked. */
  job_id: string | null;
  /** Lines of the blotter. */
  line_count: number;
};
export type BlotterOrder = {
  /** CUSIP or ISIN of the bond. */
  security_id?: string;
  /** Which way to trade. */
  side?: Side;
  /** Face to split, in the bond's currency. A whole number, but for a sale that takes a position with cents of face whole. Exactly one of quantity, notional and percent_of_nav is given. */
  quantity?: number;
  /** Settlement date, from the business date on; standard settlement when left out. */
  settlement_date?: string | null;
  /** Clean price per 100 of face instead of the market's; accrued interest stays. */
  price?: number | null;
  /** Principal to trade instead of a quantity, without accrued interest, in the bond's currency: the most face on the grid that is worth no more at the price of the preview. */
  notional?: number | null;
  /** Principal to trade instead of a quantity, as a fraction of the NAV of all accounts that are not excluded by the request: 0.05 means 5 %. Then as notional. */
  percent_of_nav?: number | null;
};
export type BlotterLine = {
  /** The block order. */
  order?: BlotterOrder;
  /** How to split it. */
  allocation_method?: AllocationMethod;
  /** Groups whose accounts take part; each group once. */
  portfolio_groups?: string[];
  /** Parameters of the method. */
  parameters?: Parameters;
  /** Limits and wishes of this request. */
  constraints?: Constraints;
  /** A line sees the trades of those before it: a smaller priority comes first, then the earlier line; lines without one come last. */
  priority?: number | null;
};
export type Policy = {
  /** Proceeds of earlier sales are cash of purchases that settle no earlier; otherwise of none. false when left out. */
  sales_fund_buys?: boolean;
};
export type BlotterRequest = {
  /** The orders. A line is counted from 1, an error names it by its place from 0. */
  lines: BlotterLine[];
  /** What lines leave out; of order, parameters and constraints each key by itself. */
  defaults?: BlotterLine;
  /** What lines may count on. */
  policy?: Policy;
  /** Split all lines at once, so that the metric of all accounts ends close together: every line is MIN_DISPERSION with the same target_metric and weighting. false when left out. */
  joint?: boolean;
};
export type FileColumn = {
  /** Name in the header. */
  name: string;
  /** What its cells say. */
  meaning: string;
  /** A cell; empty where that is possible. */
  example: string;
};
export type Template = {
  /** The columns, in their order. */
  columns: FileColumn[];
};
export type LineErrorCode =
  | "ACCOUNTS_UNSETTLED"
  | "BOOK_CHANGED"
  | "CONFLICT"
  | "DATA_MISSING"
  | "EVIDENCE_BROKEN"
  | "FORBIDDEN"
  | "IDEMPOTENCY_KEY_IN_USE"
  | "INVALID_REQUEST"
  | "NOT_FOUND"
  | "ORDER_OUTCOME_UNKNOWN"
  | "ORDER_TOO_LARGE"
  | "PREVIEW_ERASED"
  | "PREVIEW_EXPIRED"
  | "PRICE_MOVED"
  | "SOLVER_ERROR"
  | "TRADING_HALTED"
  | "VENDOR_DENIED"
  | "VENDOR_LOGIN_REFUSED"
  | "VENDOR_NOT_FOUND"
  | "VENDOR_REJECTED"
  | "VENDOR_UNEXPECTED"
  | "VENDOR_UNREADABLE"
  | "WARNINGS_NOT_OVERRIDDEN"
  | "INTERNAL_ERROR"
  | "ORDER_REFUSED";
export type LineError = {
  /** Kind of problem. */
  code: LineErrorCode;
  /** The field of the line; null for the line as a whole. */
  field: string | null;
  /** What is the matter. */
  message: string;
};
export type ShownLine = {
  /** Its number, from 1. */
  line: number;
  /** Its priority; null where it has none. */
  priority: number | null;
  /** The bond as it was named. */
  security_id: string;
  /** Which way to trade. */
  side: Side;
  /** How it is split. */
  allocation_method: AllocationMethod;
  /** Groups that take part. */
  portfolio_groups: string[];
  /** Face to split; null before its size is computed. */
  quantity: number | null;
  /** What it is at. */
  status: LineStatus;
  /** The preview that it became, as any other; null where there is none. */
  allocation_id: string | null;
  /** Its order at Aladdin; null where there is none. */
  order_id: string | null;
  /** Face that the preview places; null without one. */
  total_allocated: number | null;
  /** Warnings of the preview; null without one. */
  warning_count: number | null;
  /** Why it has no preview, or why its last commit was refused; empty where all is well. */
  errors: LineError[];
};
export type SolverName = "PIQP" | "PIQP_CAUTIOUS" | "CONDITIONAL_GRADIENT";
export type JointTry = {
  /** Who tried. */
  solver: SolverName;
  /** What the solver says of it. */
  said: string;
  /** Its iterations. */
  iterations: number;
  /** Difference to its own bound, of squares, for metrics of scale one; null without an answer. */
  gap: number | null;
  /** Whether that is near enough. */
  accepted: boolean;
};
export type JointOutcome = {
  /** What is known of it, as of the minimum dispersion of one order. */
  status: ProofStatus;
  /** The metric whose dispersion is minimised. */
  metric: TargetMetric;
  /** Standard deviation before all lines, over the accounts of all of them, in the metric's unit. */
  std_dev_before: number;
  /** Standard deviation after all lines. */
  std_dev: number;
  /** The same if they were split one after another, by priority. */
  sequential_std_dev: number;
  /** By how much the joint split is less; negative where it places more, which counts first. */
  saved_std_dev: number;
  /** No split that places as much of each line is below this. It bounds the root of what is minimised, which with debts is more than the standard deviation. */
  lower_bound: number;
  /** What may be missing to that bound, as a fraction. */
  gap: number;
  /** Face that stays of all lines together. */
  unallocated: number;
  /** The same if they were split one after another. */
  sequential_unallocated: number;
  /** Who found the continuous optimum; null where no try was near enough. */
  solver: SolverName | (null | null);
  /** Every try, in their order. */
  attempts: JointTry[];
};
export type Blotter = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Id of the blotter. */
  blotter_id: string;
  /** What it is at. */
  status: BlotterStatus;
  /** When it was asked for, in UTC. */
  timestamp: string;
  /** Who asked for it. */
  created_by: string;
  /** Lines in all. */
  line_count: number;
  /** How many lines are in which state. */
  lines_by_status: LineCount[];
  /** Whether proceeds of earlier sales are cash of purchases that settle no earlier. */
  sales_fund_buys: boolean;
  /** Whether all lines are split at once. */
  split_jointly: boolean;
  /** The job that previews the lines. */
  preview_job_id: string;
  /** The last job that commits them; null before there was one. */
  commit_job_id: string | null;
  /** The lines of this page, by number; not all of them. */
  lines: ShownLine[];
  /** What the joint split came to; null where lines are not split at once, or not yet. */
  joint: JointOutcome | (null | null);
};
export type JointReplay = {
  /** Id of the blotter. */
  blotter_id: string;
  /** Whether nothing differs. */
  confirmed: boolean;
  /** Fingerprint of the stored split, which the inputs of each line name. */
  split_sha256: string;
  /** Standard deviation, recomputed; null where it cannot be. */
  std_dev: number | null;
  /** By how much it may differ from what was shown. */
  std_dev_tolerance: number | null;
  /** Bound, proved anew; null where it cannot be. */
  lower_bound: number | null;
  /** By how much its square may differ. */
  bound_tolerance: number | null;
  /** What differs. */
  differences: string[];
};
export type LineWarnings = {
  /** Number of the line. */
  line: number;
  /** Ids of the warnings that you have reviewed and accept. */
  warnings?: string[];
};
export type BlotterCommit = {
  /** Numbers of the lines that you agree to, each once: those that you have seen with an open preview. Only they are sent; while another one has an open preview, the commit is refused as BLOTTER_CHANGED. Without it all lines that have one when you ask. */
  lines?: number[] | null;
  /** Why, for the audit trail. */
  comment?: string;
  /** Accept the warnings of all lines; needs allocations:override-warnings. false when left out. */
  override_warnings?: boolean;
  /** Warnings that you have reviewed and accept, by line; each line once. */
  acknowledge?: LineWarnings[];
};
export type Position = {
  /** Account id. */
  account_id: string;
  /** CUSIP. */
  cusip: string;
  /** Face. */
  quantity: number;
  /** Market value, accrued included. */
  market_value: number | null;
  /** Duration of the bond. */
  duration: number | null;
  /** Spread duration of the bond. */
  spread_duration: number | null;
  /** Short description of the bond. */
  description: string | null;
  /** Face that is settled and not yet being sold. */
  settled_quantity: number;
  /** Clean price per 100 of face. */
  price: number | null;
  /** Option-adjusted spread in basis points. */
  oas: number | null;
};
export type Positions = {
  /** The positions. */
  positions: Position[];
  /** Account id. */
  account_id: string;
  /** Basis. */
  as_of: PositionBasis;
  /** Date of the positions. */
  reference_date: string | null;
  /** Net asset value. */
  nav: number | null;
};
export type CashPosition = {
  /** Currency. */
  currency: string;
  /** Cash before today's trades and live orders. */
  settled_cash: number | null;
  /** Cash after today's trades and live orders. */
  available_cash: number | null;
  /** Account id. */
  account_id: string;
};
export type CashPositions = {
  /** Cash by currency. */
  cash_positions: CashPosition[];
};
export type MarketSeries = {
  /** Days. */
  dates: string[];
  /** Closing prices. */
  prices: (number | null)[] | null;
  /** Returns; null the first, and one beyond all numbers. */
  returns: (number | null)[] | null;
  /** Volumes, null where not known. */
  volumes: (number | null)[] | null;
  /** Opening prices, null where not known. */
  opens: (number | null)[] | null;
  /** Highest prices, null where not known. */
  highs: (number | null)[] | null;
  /** Lowest prices, null where not known. */
  lows: (number | null)[] | null;
  /** Days without a price of their own. */
  filled: string[];
};
export type SeriesFrequency = "daily" | "weekly" | "monthly";
export type MarketSeriesMetadata = {
  /** Periods of the series. */
  frequency: SeriesFrequency;
  /** Sources of the prices. */
  source: string[];
  /** When the last price arrived. Sent as known_at, it repeats this answer. */
  last_updated: string;
  /** Rows of all series together. */
  count: number;
  /** Calendar days from the first to the last. */
  period_days: number;
};
export type MarketSeriesAnswer = {
  /** Series by symbol. */
  data: {
    [key: string]: MarketSeries;
  };
  /** Where they come from. */
  metadata: MarketSeriesMetadata;
};
export type FillMethod = "none" | "forward";
export type ReturnType = "simple" | "log";
export type MarketAsset = {
  /** Symbol. */
  symbol: string;
  /** First day with a price. */
  first_date: string;
  /** Last day with a price. */
  last_date: string;
  /** When its last price arrived. */
  last_updated: string;
};
export type MarketAssets = {
  /** Assets by symbol. */
  assets: MarketAsset[];
};
export type MarketLatest = {
  /** Day of the last price. */
  date: string;
  /** Closing price. */
  price: number | null;
  /** Simple return since the price before; null for the first, and for one beyond all numbers. */
  return: number | null;
  /** Volume, null where not known. */
  volume: number | null;
};
export type MarketLatestAnswer = {
  /** Last day by symbol. */
  data: {
    [key: string]: MarketLatest;
  };
};
export type MarketMetrics = {
  /** Sample standard deviation of a year. */
  volatility: number | null;
  /** Mean of a year less the risk-free rate, in volatilities. */
  sharpe_ratio: number | null;
  /** Covariance with the market by its variance. */
  beta: number | null;
  /** Loss of a day that 5 % of the days exceed, a loss positive. */
  var_95: number | null;
  /** Largest fall from a peak, as a positive share of it. */
  max_drawdown: number | null;
};
export type MarketTogether = {
  /** Coefficients by symbol and symbol. */
  correlation_matrix: {
    [key: string]: {
      [key: string]: number;
    };
  };
  /** Volatility of the market in a year. */
  market_volatility: number;
  /** Rate that was used. */
  risk_free_rate: number;
};
export type MarketSample = {
  /** First of these days. */
  start_date: string;
  /** Last of these days. */
  end_date: string;
  /** Returns of each asset. */
  return_count: number;
  /** Days between them on which only some assets have a price. */
  left_out: number;
  /** Sources of the prices. */
  source: string[];
  /** When the last price arrived. Sent as known_at, it repeats this answer. */
  last_updated: string;
};
export type MarketMetricsAnswer = {
  /** Measures by symbol. */
  data: {
    [key: string]: MarketMetrics;
  };
  /** Of the assets together. */
  market_metrics: MarketTogether;
  /** The days that were used. */
  metadata: MarketSample;
};
export type MarketPeriod =
  "1m" | "3m" | "6m" | "1y" | "2y" | "3y" | "5y" | "10y" | "max";
export type CorrelationMethod = "pearson" | "spearman" | "kendall";
export type MarketCorrelation = {
  /** Coefficients by symbol and symbol. */
  matrix: {
    [key: string]: {
      [key: string]: number;
    };
  };
  /** Coefficient. */
  method: CorrelationMethod;
  /** The days that were used. */
  metadata: MarketSample;
};
export type MarketItemType = "historical" | "latest" | "metrics";
export type MarketItemCode =
  | "INVALID_REQUEST"
  | "UNKNOWN_ASSET"
  | "TOO_FEW_PRICES"
  | "CONSTANT_PRICE"
  | "NOT_MEASURABLE";
export type MarketBatchError = {
  /** HTTP status that it would have alone. */
  status: number;
  /** Kind of problem. */
  code: MarketItemCode;
  /** The same in words. */
  title: string;
  /** What is wrong. */
  detail: string;
  /** Fields at fault. */
  errors: FieldError[];
};
export type MarketBatchResult = {
  /** Type of the item; null where it is none of these. */
  type: MarketItemType | (null | null);
  /** As getMarketData answers. */
  historical: MarketSeriesAnswer | (null | null);
  /** As getLatestMarketData answers. */
  latest: MarketLatestAnswer | (null | null);
  /** As getMarketMetrics answers. */
  metrics: MarketMetricsAnswer | (null | null);
  /** Why there is no answer. */
  error: MarketBatchError | (null | null);
};
export type MarketBatchAnswer = {
  /** One for each request. */
  results: MarketBatchResult[];
};
export type MarketMetric =
  "volatility" | "sharpe_ratio" | "beta" | "var_95" | "max_drawdown";
export type MarketBatchItem = {
  /** First day, by default the first there is. */
  start_date?: string | null;
  /** Last day, by default the last there is. */
  end_date?: string | null;
  /** A week's or a month's price is its last one. "daily" when left out. */
  frequency?: SeriesFrequency;
  /** forward: days on which only other assets have a price get the last one. "none" when left out. */
  fill?: FillMethod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  known_at?: string | null;
  /** simple: p / p' - 1; log: ln(p / p'). "simple" when left out. */
  return_type?: ReturnType;
  /** It ends on the last day on which all assets have a price. "1y" when left out. */
  period?: MarketPeriod;
  /** The market; by default the mean of the assets, each day of equal weights. */
  benchmark?: string | null;
  /** Symbols, at most 50. */
  assets: string[];
  /** Measures: volatility, sharpe_ratio, beta, var_95, max_drawdown. The others are null. ["volatility", "sharpe_ratio", "beta", "var_95", "max_drawdown"] when left out. */
  metrics?: MarketMetric[];
  /** Risk-free rate of a year, as a share: 0.02 is 2 %. 0.0 when left out. */
  risk_free_rate?: number;
  /** Trading days of a year: 252; 365 where there is a price every day. 252 when left out. */
  periods_per_year?: number;
  /** What is asked for. */
  type: MarketItemType;
  /** Columns of historical, or values of latest. */
  fields?: string[];
};
export type MarketBatch = {
  /** Questions, answered in this order. */
  requests: MarketBatchItem[];
};
export type MarketImportAsset = {
  /** Symbol. */
  symbol: string;
  /** First day. */
  first_date: string;
  /** Last day. */
  last_date: string;
  /** Rows. */
  row_count: number;
  /** Rows of days that were not stored. */
  new_count: number;
  /** Rows that supersede a stored one. */
  corrected_count: number;
  /** Rows that are stored already, as they are. */
  unchanged_count: number;
};
export type ImportFindingKind =
  | "DUPLICATE"
  | "NOT_POSITIVE"
  | "FUTURE_DATE"
  | "UNSORTED"
  | "JUMP"
  | "GAP"
  | "OUT_OF_RANGE"
  | "CORRECTION";
export type MarketFinding = {
  /** Kind of finding. */
  kind: ImportFindingKind;
  /** Where the row stands; null for a gap. */
  field: string | null;
  /** Symbol. */
  symbol: string;
  /** Day, the first one of a gap. */
  date: string;
  /** What there is. */
  message: string;
  /** Whether nothing is imported because of it. */
  is_refused: boolean;
};
export type MarketImportReport = {
  /** Id of the import; null where nothing is stored. */
  import_id: string | null;
  /** From when on the rows are known; null where nothing is stored. */
  arrived_at: string | null;
  /** Where the rows come from. */
  source: string;
  /** Whether it is a report alone. */
  dry_run: boolean;
  /** Rows. */
  row_count: number;
  /** Rows of days that were not stored. */
  new_count: number;
  /** Rows that supersede a stored one. */
  corrected_count: number;
  /** Rows that are stored already, as they are. */
  unchanged_count: number;
  /** Findings because of which nothing is imported. */
  refused_count: number;
  /** By symbol. */
  assets: MarketImportAsset[];
  /** Findings by kind. */
  counts: {
    [key: string]: number;
  };
  /** Findings, those that are refused first. */
  findings: MarketFinding[];
  /** Findings that are counted and not listed. */
  findings_left_out: number;
};
export type MarketRow = {
  /** Day. */
  date: string;
  /** Symbol. */
  symbol: string;
  /** Closing price. */
  close: number;
  /** Opening price. */
  open?: number | null;
  /** Highest price. */
  high?: number | null;
  /** Lowest price. */
  low?: number | null;
  /** Volume. */
  volume?: number | null;
};
export type MarketImport = {
  /** Rows, in any order. */
  rows: MarketRow[];
};
export type ExchangeName = "kraken";
export type ExchangeFault =
  | "UNREACHABLE"
  | "UNKNOWN_MARKET"
  | "REFUSED"
  | "UNREADABLE"
  | "NO_BARS"
  | "ROWS_REFUSED";
export type MissingDays = {
  /** First day. */
  first_date: string;
  /** Last day. */
  last_date: string;
  /** Days. */
  day_count: number;
};
export type SymbolRefresh = {
  /** Symbol under which it is stored. */
  symbol: string;
  /** Market of the exchange. */
  market: string;
  /** Job of the last refresh; null before the first. */
  job_id: string | null;
  /** When it was refreshed last; null is never. */
  tried_at: string | null;
  /** Why the last refresh failed; null where it did not. */
  fault: ExchangeFault | (null | null);
  /** The same in words. */
  message: string | null;
  /** Refreshes that failed since the last one that did not. */
  failures_in_row: number;
  /** When a refresh went well last; null is never. */
  succeeded_at: string | null;
  /** Its import; null where nothing was new. */
  import_id: string | null;
  /** First day that was fetched. */
  first_date: string | null;
  /** Last day that was fetched. */
  last_date: string | null;
  /** Days that were fetched. */
  row_count: number;
  /** Days that were not stored. */
  new_count: number;
  /** Days whose bar supersedes a stored one. */
  corrected_count: number;
  /** Days that were asked for, and have no bar. */
  gaps: MissingDays[];
  /** Findings of the import by kind. */
  findings: {
    [key: string]: number;
  };
};
export type MarketRefreshes = {
  /** The exchange; null is none. */
  exchange: ExchangeName | (null | null);
  /** Hours between two refreshes; null: only those that are asked for. */
  interval_hours: number | null;
  /** By symbol, as configured. */
  symbols: SymbolRefresh[];
};
export type AskedRefresh = {
  /** Id of the job. */
  job_id: string;
};
export type RiskData = {
  /** Day of the first price. */
  start_date: string;
  /** Day of the last price. */
  end_date: string;
  /** Periods. */
  frequency: SeriesFrequency;
  /** Returns of each asset. */
  return_count: number;
  /** What became of missing days. */
  fill: FillMethod;
  /** Days between them that were left out, for only some assets have a price. */
  left_out: number;
  /** By asset, days of others without a price of its own: left out, or filled by `fill`. */
  missing_days: {
    [key: string]: number;
  };
  /** Most calendar days from one day with prices to the next. */
  longest_gap_days: number;
  /** Periods of a year that annualise. */
  periods_per_year: number;
  /** Returns per 365.25 calendar days, to check the above. */
  observed_periods_per_year: number;
  /** Sources of the prices. */
  source: string[];
  /** When the last price arrived. Sent as known_at, it repeats this answer. */
  last_updated: string;
};
export type CovarianceMethod = "sample" | "ewma" | "ledoit_wolf";
export type RiskCovariance = {
  /** Estimate. */
  method: CovarianceMethod;
  /** Smallest eigenvalue before a repair. */
  smallest_eigenvalue: number;
  /** Frobenius norm of what a repair changed; 0 where there was none. */
  repair: number;
  /** Part of the target in ledoit_wolf; 0 for others. */
  shrinkage: number;
};
export type FaultKind =
  | "REQUIRED"
  | "SHAPE"
  | "TOO_FEW_ROWS"
  | "TOO_MANY_ROWS"
  | "TOO_MANY_ASSETS"
  | "NOT_FINITE"
  | "OVERFLOW"
  | "OUT_OF_RANGE"
  | "UNKNOWN_ASSET"
  | "WEIGHTS_SUM"
  | "ZERO_VARIANCE"
  | "TOTAL_LOSS"
  | "UNDEFINED"
  | "NOT_SYMMETRIC"
  | "NOT_POSITIVE_SEMIDEFINITE";
export type RiskFigure =
  | "annualised_return"
  | "volatility"
  | "sharpe_ratio"
  | "sortino_ratio"
  | "omega_ratio"
  | "calmar_ratio"
  | "skewness"
  | "excess_kurtosis"
  | "MV"
  | "MAD"
  | "MSV"
  | "FLPM"
  | "SLPM"
  | "WR"
  | "VaR"
  | "VaR_parametric"
  | "VaR_Cornish_Fisher"
  | "CVaR"
  | "CVaR_parametric"
  | "EVaR"
  | "MDD"
  | "ADD"
  | "CDaR"
  | "EDaR"
  | "UCI";
export type RiskUnit =
  | "return_per_year"
  | "return_per_period"
  | "squared_return_per_period"
  | "part_of_peak"
  | "ratio_per_year"
  | "ratio";
export type RiskValue = {
  /** Why there is no value; null where there is one. */
  undefined: FaultKind | (null | null);
  /** The same in words. */
  message: string | null;
  /** Measure. */
  measure: RiskFigure;
  /** Confidence, null for measures without one. */
  level: number | null;
  /** Unit of the value. */
  unit: RiskUnit;
  /** Value; losses are positive. */
  value: number | null;
  /** Whether Cornish and Fisher's correction holds at all levels; null for others. */
  is_monotone: boolean | null;
};
export type RelativeFigure =
  "beta" | "jensen_alpha" | "tracking_error" | "information_ratio";
export type RelativeValue = {
  /** Why there is no value; null where there is one. */
  undefined: FaultKind | (null | null);
  /** The same in words. */
  message: string | null;
  /** Measure. */
  measure: RelativeFigure;
  /** Unit of the value. */
  unit: RiskUnit;
  /** Value. */
  value: number | null;
};
export type RiskPart = {
  /** Asset. */
  symbol: string;
  /** Weight. */
  weight: number;
  /** Part in the unit of the measure; below 0 for a hedge. */
  part: number;
  /** Part of the total; all add up to 1. */
  share: number;
  /** What the measure grows by for a unit of weight. */
  marginal: number;
};
export type RiskContribution = {
  /** Why there is no value; null where there is one. */
  undefined: FaultKind | (null | null);
  /** The same in words. */
  message: string | null;
  /** volatility or CVaR. */
  measure: RiskFigure;
  /** Confidence, null for measures without one. */
  level: number | null;
  /** Unit of the value. */
  unit: RiskUnit;
  /** The measure: the sum of the parts. */
  total: number | null;
  /** By asset, in order of the weights. */
  assets: RiskPart[];
};
export type RiskDrawdown = {
  /** Why there is no value; null where there is one. */
  undefined: FaultKind | (null | null);
  /** The same in words. */
  message: string | null;
  /** Part of the peak's wealth that was lost. */
  depth: number | null;
  /** Last day at the peak; null without a drawdown. */
  peak_date: string | null;
  /** Lowest day. */
  trough_date: string | null;
  /** First day at the peak again; null while there is none. */
  recovery_date: string | null;
};
export type RiskStress = {
  /** Change as a fraction, below 0 for a loss. */
  change: number;
  /** What each asset does of it. */
  assets: {
    [key: string]: number;
  };
  /** Assets without a shock, which stay. */
  unshocked: string[];
};
export type RiskWindow = {
  /** Day at whose close it begins. */
  start_date: string;
  /** Day at whose close it ends. */
  end_date: string;
  /** Change as a fraction, below 0 for a loss. */
  change: number;
  /** What each asset does of it. */
  assets: {
    [key: string]: number;
  };
};
export type RollingFigure =
  | "volatility"
  | "sharpe_ratio"
  | "VaR"
  | "CVaR"
  | "MDD"
  | "beta"
  | "tracking_error";
export type RollingSeries = {
  /** Measure. */
  measure: RollingFigure;
  /** Confidence, null for measures without one. */
  level: number | null;
  /** Unit of the value. */
  unit: RiskUnit;
  /** One for each of `dates`; null where it is not defined. */
  values: (number | null)[];
};
export type RiskRolling = {
  /** Periods of a window. */
  window: number;
  /** Day on which each window ends. */
  dates: string[];
  /** By measure. */
  series: RollingSeries[];
};
export type RiskAnswer = {
  /** What the returns were. */
  data: RiskData;
  /** How the covariance was estimated. */
  covariance: RiskCovariance;
  /** Measures, those of the tail at each level. */
  measures: RiskValue[];
  /** Against the benchmark; empty without one. */
  relative: RelativeValue[];
  /** What assets contribute to volatility, and to CVaR at each level. */
  contributions: RiskContribution[];
  /** The deepest drawdown, compounded. */
  drawdown: RiskDrawdown;
  /** Under `shocks`; null without them. */
  stress: RiskStress | (null | null);
  /** Worst first; empty where not asked for. */
  worst_windows: RiskWindow[];
  /** Rolling series; null where not asked for. */
  rolling: RiskRolling | (null | null);
};
export type WorstWindows = {
  /** Periods of a window. */
  periods: number;
  /** Windows at most. 5 when left out. */
  count?: number;
};
export type Rolling = {
  /** Periods of a window. */
  window: number;
  /** Measures; VaR and CVaR are at the first of `levels`. ["volatility"] when left out. */
  measures?: RollingFigure[];
};
export type RiskRequest = {
  /** First day, by default the first there is. */
  start_date?: string | null;
  /** Last day, by default the last there is. */
  end_date?: string | null;
  /** A week's or a month's price is its last one. "daily" when left out. */
  frequency?: SeriesFrequency;
  /** forward: days on which only other assets have a price get the last one. "none" when left out. */
  fill?: FillMethod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  known_at?: string | null;
  /** Weight by symbol, as parts of 1: they add up to 1. Below 0 is sold short. */
  weights: {
    [key: string]: number;
  };
  /** Asset that the portfolio is compared with. */
  benchmark?: string | null;
  /** Measures, by default all. ["annualised_return", "volatility", "sharpe_ratio", "sortino_ratio", "omega_ratio", "calmar_ratio", "skewness", "excess_kurtosis", "MV", "MAD", "MSV", "FLPM", "SLPM", "WR", "VaR", "VaR_parametric", "VaR_Cornish_Fisher", "CVaR", "CVaR_parametric", "EVaR", "MDD", "ADD", "CDaR", "EDaR", "UCI"] when left out. */
  measures?: RiskFigure[];
  /** Confidence of measures of the tail: 0.95 is the worst 5 %. [0.95] when left out. */
  levels?: number[];
  /** Estimate behind the volatility and its contributions. "sample" when left out. */
  covariance?: CovarianceMethod;
  /** Decay of ewma for each period. 0.94 when left out. */
  decay?: number;
  /** Risk-free rate of a year, as a fraction. 0.0 when left out. */
  risk_free_rate?: number;
  /** Return of a period that FLPM, SLPM, Sortino and Omega count from. 0.0 when left out. */
  target_return?: number;
  /** Periods of a year. By default 252 of daily prices, 365 where there are prices on weekends too, 52 of weekly and 12 of monthly ones. */
  periods_per_year?: number | null;
  /** Return that each of these assets is given at once; the others stay. */
  shocks?: {
    [key: string]: number;
  } | null;
  /** Worst windows of the past, if asked for. */
  worst_windows?: WorstWindows | (null | null);
  /** Rolling series, if asked for. */
  rolling?: Rolling | (null | null);
};
export type Regime =
  "RISK_OFF" | "BTC_SEASON" | "ALT_ETH_SEASON" | "RISK_ON" | "HODL";
export type ReasonKind =
  | "TOO_FEW_BARS"
  | "DIRECTION_UP"
  | "DIRECTION_FLAT"
  | "DIRECTION_DOWN"
  | "VOLATILITY_TIGHT"
  | "VOLATILITY_NORMAL"
  | "VOLATILITY_HIGH"
  | "BTC_DOMINANCE"
  | "ETH_DOMINANCE"
  | "STABLE_DOMINANCE"
  | "ETH_LEAD"
  | "ALT_LEAD"
  | "HELD";
export type RegimeReason = {
  /** What was measured, and how it fell out. */
  kind: ReasonKind;
  /** In standard deviations, percentile rank, percentage points, log return ahead of BTC, or bars; null beyond all numbers. */
  value: number | null;
  /** What it is held against. */
  threshold: number;
  /** Window that it was measured in. */
  bars: number;
  /** The same in words. */
  text: string;
};
export type RegimeFeatures = {
  /** Yang-Zhang volatility of the whole market, of a year. */
  annualised_volatility: number | null;
  /** Its percentile rank among the trailing bars. */
  volatility_rank: number | null;
  /** Return of the market over the trend's window, in standard deviations. */
  direction: number | null;
  /** Change of BTC.D in percentage points. */
  btc_dominance_change: number | null;
  /** Change of ETH.D in percentage points. */
  eth_dominance_change: number | null;
  /** Change of STABLE.D in percentage points. */
  stable_dominance_change: number | null;
  /** Log return of ETH less that of BTC. */
  eth_lead: number | null;
  /** Log return of ALT less that of BTC. */
  alt_lead: number | null;
};
export type RegimeThresholds = {
  /** Bars of the volatility. */
  volatility_window: number;
  /** Bars of returns, leads and changes. */
  trend_window: number;
  /** Bars that a volatility is ranked among. */
  rank_window: number;
  /** Rank up to which volatility is tight. */
  tight_rank: number;
  /** Rank from which it is high. */
  high_rank: number;
  /** Standard deviations from which the market goes up. */
  direction: number;
  /** Points from which BTC.D rises or falls. */
  btc_band: number;
  /** Points from which ETH.D rises or falls. */
  eth_band: number;
  /** Points from which STABLE.D rises. */
  stable_band: number;
  /** Bars without which no regime is told. */
  min_bars: number;
  /** Bars in a row of another regime. */
  confirmation_bars: number;
};
export type RegimeData = {
  /** First of these days. */
  start_date: string;
  /** Last of these days. */
  end_date: string;
  /** Bars. */
  bar_count: number;
  /** Days that only some of the series have. */
  left_out: number;
  /** Sources of the bars. */
  source: string[];
  /** When the last bar arrived. Sent as known_at, it repeats this answer. */
  last_updated: string;
};
export type RegimeStatus = {
  /** Day of the last bar. */
  as_of: string;
  /** Days since then. */
  age_days: number;
  /** Regime that is told. */
  regime: Regime;
  /** The same in words. */
  name: string;
  /** From 0 to 1: how far the nearest threshold is, in units of the threshold. It is no probability. 0 while a bar says another regime than the one that is told. */
  confidence: number;
  /** First day of the run of this regime. */
  since: string;
  /** Bars of this run. */
  bars_in_regime: number;
  /** Regime that the last bar alone says; another one waits for confirmation. */
  bar_regime: Regime;
  /** What the bar says, and why. */
  reasons: RegimeReason[];
  /** What was measured. */
  features: RegimeFeatures;
  /** The thresholds that hold. */
  thresholds: RegimeThresholds;
  /** The bars that were read. */
  data: RegimeData;
};
export type RegimeChange = {
  /** Day. */
  date: string;
  /** Regime that was told before. */
  before: Regime;
  /** Regime that is told from then on. */
  after: Regime;
  /** From 0 to 1: how far the nearest threshold is, in units of the threshold. It is no probability. 0 while a bar says another regime than the one that is told. */
  confidence: number;
  /** What the bar says, and why. */
  reasons: RegimeReason[];
};
export type RegimeHistory = {
  /** Days. */
  dates: string[];
  /** Closes of the whole market (TOTALES). */
  prices: number[];
  /** Regime that was told at the close of the day. */
  regimes: Regime[];
  /** Regime that trades the day: that of the bar before; null on the first bar. */
  traded_regimes: (Regime | (null | null))[];
  /** From 0 to 1: how far the nearest threshold is, in units of the threshold. It is no probability. 0 while a bar says another regime than the one that is told. */
  confidences: number[];
  /** What each bar says, in words. */
  reasons: string[][];
  /** Changes of the regime. */
  changes: RegimeChange[];
  /** How often a regime (inner key) followed another (outer key) a bar later. */
  transitions: {
    [key: string]: {
      [key: string]: number;
    };
  };
  /** Part of the days by regime. */
  shares: {
    [key: string]: number;
  };
  /** The thresholds that hold. */
  thresholds: RegimeThresholds;
  /** The bars that were read. */
  data: RegimeData;
};
export type RecordStrategy = "REGIME" | "EQUAL_WEIGHT" | "BUY_AND_HOLD";
export type RecordInterval = {
  /** Ratio of a year. */
  ratio: number;
  /** Lower end. */
  low: number;
  /** Upper end. */
  high: number;
  /** Part of the samples that lie within. */
  confidence: number;
  /** Samples. */
  samples: number;
  /** Seed of the generator. */
  seed: number;
};
export type StrategyRecord = {
  /** Strategy. */
  strategy: RecordStrategy;
  /** Return over all days. */
  total_return: number | null;
  /** Annualised return, compounded. */
  annualized_return: number | null;
  /** Standard deviation of a year. */
  volatility: number | null;
  /** Sharpe ratio of a year. */
  sharpe_ratio: number | null;
  /** Part of the highest value that was lost at most; positive. */
  max_drawdown: number | null;
  /** Half of what was traded over the value, of a year, after the first purchase. */
  turnover: number | null;
  /** Costs over the capital at the beginning. */
  costs: number;
  /** Days with trades. */
  trade_count: number;
  /** How sure the Sharpe ratio is; null where it has no interval. */
  sharpe_interval: RecordInterval | (null | null);
};
export type RecordVerdict = "AHEAD" | "BEHIND" | "UNDECIDED";
export type RecordComparison = {
  /** The other strategy. */
  against: RecordStrategy;
  /** AHEAD or BEHIND where the whole interval is above or below 0, else UNDECIDED. */
  verdict: RecordVerdict;
  /** Of the daily difference of returns; null where it has no interval. */
  information_ratio: RecordInterval | (null | null);
};
export type RecordedRegime = {
  /** Regime that was told at the close before. */
  regime: Regime;
  /** Days. */
  day_count: number;
  /** Mean return of TOTALES on a day; null without days. */
  mean_return: number | null;
  /** Share of these days with a return above 0; null without days. */
  share_of_rises: number | null;
};
export type RegimeRecord = {
  /** First of these days. */
  start_date: string;
  /** Last of these days. */
  end_date: string;
  /** Days. */
  day_count: number;
  /** Costs of what is traded, in basis points. */
  cost_basis_points: number;
  /** Strategies. */
  strategies: StrategyRecord[];
  /** Holding by regimes against the others. */
  comparisons: RecordComparison[];
  /** The market by regime. */
  regimes: RecordedRegime[];
  /** The bars that were read. */
  data: RegimeData;
};
export type BacktestStatus =
  | "PENDING"
  | "RUNNING"
  | "ABORTING"
  | "SUCCEEDED"
  | "FAILED"
  | "ABORTED"
  | "TIMED_OUT";
export type StrategyType =
  "fixed_weights" | "optimization" | "rebalancing" | "buy_and_hold" | "regime";
export type Objective = "MinRisk" | "MaxRet" | "Sharpe" | "Utility";
export type Measure =
  | "MV"
  | "CVaR"
  | "MAD"
  | "MSV"
  | "FLPM"
  | "SLPM"
  | "WR"
  | "EVaR"
  | "MDD"
  | "ADD"
  | "CDaR"
  | "EDaR"
  | "UCI";
export type ShownParameters = {
  /** Weight by asset. */
  weights: {
    [key: string]: number;
  } | null;
  /** What is optimised. */
  objective: Objective;
  /** How risk is measured. */
  risk_measure: Measure;
  /** Returns that it sees. */
  window: number;
  /** Returns without which it does not begin. */
  min_window: number;
  /** Distance of a weight that is left as it is. */
  threshold: number;
  /** Least expected return of a year. */
  target_return: number | null;
  /** Weight of the risk. */
  risk_aversion: number;
  /** Of CVaR, EVaR, CDaR and EDaR. */
  confidence: number;
  /** Of the Wasserstein ball. */
  radius: number;
  /** Of FLPM and SLPM, of a day. */
  minimum_acceptable_return: number;
};
export type RebalancingFrequency = "daily" | "weekly" | "monthly" | "quarterly";
export type ShownStrategy = {
  /** Type. */
  type: StrategyType;
  /** Parameters. */
  parameters: ShownParameters;
  /** How often it decides. */
  rebalancing_frequency: RebalancingFrequency;
  /** Per unit of money traded. */
  transaction_costs: number;
  /** Of the square-root impact. */
  market_impact: number;
};
export type ShownGroupLimits = {
  /** Least weight together. */
  min: number | null;
  /** Most weight together. */
  max: number | null;
};
export type ShownConstraints = {
  /** Least weight of an asset. */
  lower_bound: number;
  /** Most weight of an asset. */
  upper_bound: number;
  /** Assets by group. */
  groups: {
    [key: string]: string[];
  };
  /** Limits by group. */
  group_constraints: {
    [key: string]: ShownGroupLimits;
  };
  /** Most of half of what weights change by. */
  max_turnover: number | null;
};
export type ShownBacktestRequest = {
  /** What it is called. */
  name: string | null;
  /** The strategy. */
  strategy: ShownStrategy;
  /** Assets. */
  assets: string[];
  /** First day. */
  start_date: string | null;
  /** Last day. */
  end_date: string | null;
  /** Initial capital. */
  initial_capital: number;
  /** Benchmark. */
  benchmark: string | null;
  /** Limits of an optimisation. */
  constraints: ShownConstraints;
  /** Risk-free rate of a year. */
  risk_free_rate: number;
  /** Trading days of a year. */
  periods_per_year: number | null;
  /** Moment whose knowledge counts, in UTC. */
  known_at: string | null;
};
export type SharpeInterval = {
  /** Lower end. */
  low: number;
  /** Upper end. */
  high: number;
  /** Part of the samples that lie within. */
  confidence: number;
  /** Samples. */
  samples: number;
  /** Mean length of a block, in days. */
  block_length: number;
  /** Seed of the generator. */
  seed: number;
};
export type BacktestSummary = {
  /** Return over all days. */
  total_return: number | null;
  /** Annualised return, compounded. */
  annualized_return: number | null;
  /** Standard deviation of a year. */
  volatility: number | null;
  /** Sharpe ratio of a year. */
  sharpe_ratio: number | null;
  /** Sortino ratio of a year. */
  sortino_ratio: number | null;
  /** Part of the highest value that was lost at most; positive. */
  max_drawdown: number | null;
  /** Annualised return over the maximum drawdown. */
  calmar_ratio: number | null;
  /** Beta against the benchmark. */
  beta: number | null;
  /** Annualised Jensen's alpha. */
  alpha: number | null;
  /** Standard deviation of the difference to the benchmark, of a year. */
  tracking_error: number | null;
  /** Mean over standard deviation of that difference, of a year. */
  information_ratio: number | null;
  /** Half of what was traded over the value, of a year, after the first purchase. */
  turnover: number | null;
  /** Share of the days with a return above 0. */
  win_rate: number | null;
  /** Historical value at risk of a day at 95 %; losses are positive. */
  var: number | null;
  /** Mean of the worst 5 % of the days; losses are positive. */
  cvar: number | null;
  /** Probability that the true Sharpe ratio is above 0. */
  probabilistic_sharpe_ratio: number | null;
  /** Initial capital. */
  initial_capital: number;
  /** Final value. */
  final_value: number;
  /** Costs of all trades, impact included. */
  total_costs: number;
  /** Transactions. */
  trade_count: number;
  /** Why figures are null, by name. */
  undefined: {
    [key: string]: FaultKind;
  };
  /** How sure the Sharpe ratio is; null where it has no interval. */
  sharpe_interval: SharpeInterval | (null | null);
};
export type BacktestView = {
  /** Its id. */
  backtest_id: string;
  /** Id of its job. */
  job_id: string;
  /** State of its job. */
  status: BacktestStatus;
  /** What it is called. */
  name: string | null;
  /** Its grid; null where it is of none. */
  grid_id: string | null;
  /** When it was asked for, in UTC. */
  created_at: string;
  /** Who asked for it. */
  created_by: string;
  /** What was asked for. */
  request: ShownBacktestRequest;
  /** Figures; null while there is no result. */
  summary: BacktestSummary | (null | null);
  /** Why its job failed; null where it has not. */
  error: string | null;
};
export type BacktestPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The backtests. */
  backtests: BacktestView[];
};
export type SubmittedBacktest = {
  /** Its id. */
  backtest_id: string;
  /** Id of its job. */
  job_id: string;
  /** State of its job. */
  status: BacktestStatus;
};
export type StrategyParameters = {
  /** Weight by asset, as parts of 1 that add up to 1; of fixed_weights, buy_and_hold and rebalancing. */
  weights?: {
    [key: string]: number;
  } | null;
  /** What is optimised. "MinRisk" when left out. */
  objective?: Objective;
  /** How its risk is measured. "MV" when left out. */
  risk_measure?: Measure;
  /** Returns that it sees. 252 when left out. */
  window?: number;
  /** Returns without which it does not begin. 60 when left out. */
  min_window?: number;
  /** Of rebalancing: distance of a weight that is left as it is. 0.05 when left out. */
  threshold?: number;
  /** Least expected return of a year. */
  target_return?: number | null;
  /** Of Utility: weight of the risk. 1.0 when left out. */
  risk_aversion?: number;
  /** Of CVaR, EVaR, CDaR and EDaR. 0.95 when left out. */
  confidence?: number;
  /** Of the Wasserstein ball around the sample, per day; 0 is none. Of MV and CVaR. 0.0 when left out. */
  radius?: number;
  /** Of FLPM and SLPM: return of a day below which is a loss. 0.0 when left out. */
  minimum_acceptable_return?: number;
};
export type BacktestStrategy = {
  /** fixed_weights: back to weights at each decision. buy_and_hold: bought once. optimization: optimised over the trailing window at each decision. rebalancing: one target, by weights or by an optimisation, and trades when a weight is further from it than threshold. regime is not supported yet. */
  type: StrategyType;
  /** Parameters; each type uses its own. */
  parameters?: StrategyParameters;
  /** A decision is made on the first trading day of each; the trade is on the next trading day. "monthly" when left out. */
  rebalancing_frequency?: RebalancingFrequency;
  /** Per unit of money traded. 0.001 when left out. */
  transaction_costs?: number;
  /** c of the square-root impact c x daily volatility x sqrt(quantity / average volume); 0 is none. 0.0 when left out. */
  market_impact?: number;
};
export type BacktestGroupLimits = {
  /** Least weight together. */
  min?: number | null;
  /** Most weight together. */
  max?: number | null;
};
export type BacktestConstraints = {
  /** Least weight of an asset. 0.0 when left out. */
  lower_bound?: number;
  /** Most weight of an asset. 1.0 when left out. */
  upper_bound?: number;
  /** Assets by the name of their group. */
  groups?: {
    [key: string]: string[];
  };
  /** Limits by the name of a group. */
  group_constraints?: {
    [key: string]: BacktestGroupLimits;
  };
  /** Most of half of what weights change by, after the first purchase. */
  max_turnover?: number | null;
};
export type BacktestRequest = {
  /** What it is called. */
  name?: string | null;
  /** The strategy. */
  strategy: BacktestStrategy;
  /** Symbols, at most 50. */
  assets: string[];
  /** First day; earlier prices are what the strategy has seen. By default the first. */
  start_date?: string | null;
  /** Last day, by default the last there is. */
  end_date?: string | null;
  /** Initial capital. 1000000.0 when left out. */
  initial_capital?: number;
  /** Asset that it is compared with. */
  benchmark?: string | null;
  /** Limits of an optimisation. */
  constraints?: BacktestConstraints;
  /** Risk-free rate of a year, as a fraction. 0.0 when left out. */
  risk_free_rate?: number;
  /** Trading days of a year. By default 252, or 365 where weekends have prices. */
  periods_per_year?: number | null;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  known_at?: string | null;
};
export type ShownGridParameters = {
  /** Values of threshold. */
  threshold: number[] | null;
  /** Values of window. */
  window: number[] | null;
  /** Values of risk_aversion. */
  risk_aversion: number[] | null;
  /** Values of radius. */
  radius: number[] | null;
  /** Values of constraints.upper_bound. */
  upper_bound: number[] | null;
  /** Values of rebalancing_frequency. */
  rebalancing_frequency: RebalancingFrequency[] | null;
};
export type ShownCrossValidationRequest = {
  /** Folds that the days are cut into. */
  folds: number;
  /** Folds that are tested together. */
  test_folds: number;
  /** Days left out on both sides of a tested fold. */
  purged_days: number;
  /** Further days left out after it; null is 1 % of them. */
  embargo_days: number | null;
};
export type ShownGridRequest = {
  /** The backtest. */
  base: ShownBacktestRequest;
  /** What is varied of it. */
  grid: ShownGridParameters;
  /** How the choice of the best one is validated. */
  cross_validation: ShownCrossValidationRequest;
};
export type BacktestGridView = {
  /** Id of the grid. */
  grid_id: string;
  /** When it was asked for, in UTC. */
  created_at: string;
  /** What was asked for. */
  request: ShownGridRequest;
  /** Combinations. */
  backtest_count: number;
  /** How many backtests are in which state. */
  statuses: {
    [key: string]: number;
  };
};
export type BacktestGridPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The grids. */
  grids: BacktestGridView[];
};
export type SubmittedGrid = {
  /** Id of the grid. */
  grid_id: string;
  /** One for each combination. */
  backtests: SubmittedBacktest[];
};
export type BacktestGridParameters = {
  /** Values of threshold. */
  threshold?: number[] | null;
  /** Values of window. */
  window?: number[] | null;
  /** Values of risk_aversion. */
  risk_aversion?: number[] | null;
  /** Values of radius. */
  radius?: number[] | null;
  /** Values of constraints.upper_bound. */
  upper_bound?: number[] | null;
  /** Values of rebalancing_frequency. */
  rebalancing_frequency?: RebalancingFrequency[] | null;
};
export type BacktestCrossValidation = {
  /** Folds that the days are cut into. 10 when left out. */
  folds?: number;
  /** Of these, how many are tested together; fewer than folds. 2 when left out. */
  test_folds?: number;
  /** Days before and after a tested fold that choose nothing. 1 when left out. */
  purged_days?: number;
  /** Further days after it; by default 1 % of the days. */
  embargo_days?: number | null;
};
export type BacktestGridRequest = {
  /** The backtest. */
  base: BacktestRequest;
  /** What is varied of it. */
  grid: BacktestGridParameters;
  /** How the choice of the best one is cross-validated. */
  cross_validation?: BacktestCrossValidation;
};
export type Overfitting = {
  /** Share of the splits of the days in which the best of one half is poor in the other. */
  probability_of_overfitting: number;
  /** Share in which it has lost there. */
  loss_probability: number;
  /** Slope of the ratio there on the ratio here. */
  performance_slope: number | null;
  /** Backtest with the highest Sharpe ratio. */
  best_backtest_id: string;
  /** Ratio of a year that luck alone is expected to reach. */
  expected_maximum_sharpe: number;
  /** Probability that the best one's ratio is above that. */
  deflated_sharpe_ratio: number;
  /** Blocks of days. */
  blocks: number;
  /** Ways to choose half of the blocks. */
  split_count: number;
  /** First day that all have. */
  start_date: string;
  /** Last day that all have. */
  end_date: string;
};
export type CrossValidation = {
  /** Folds that the days are cut into. */
  folds: number;
  /** Folds that are tested together. */
  test_folds: number;
  /** Days left out on both sides of a tested fold. */
  purged_days: number;
  /** Further days left out after it. */
  embargo_days: number;
  /** Ways to choose the tested folds. */
  split_count: number;
  /** Paths over all days that the tests make. */
  path_count: number;
  /** Sharpe ratio of a year of each path. */
  sharpe_ratios: number[];
  /** Their mean. */
  mean_sharpe: number;
  /** Their median. */
  median_sharpe: number;
  /** Their standard deviation; null for one path. */
  sharpe_deviation: number | null;
  /** Share of the paths with a ratio below 0. */
  loss_probability: number;
  /** In how many splits each backtest was the best one, by id. */
  chosen: {
    [key: string]: number;
  };
};
export type GridUndefined = {
  /** Why. */
  reason: FaultKind;
  /** The same in words. */
  message: string;
};
export type BacktestGrid = {
  /** Id of the grid. */
  grid_id: string;
  /** When it was asked for, in UTC. */
  created_at: string;
  /** What was asked for. */
  request: ShownGridRequest;
  /** One for each combination. */
  backtests: BacktestView[];
  /** Null until all have a result. */
  overfitting: Overfitting | (null | null);
  /** Why it is not defined for these results. */
  undefined: FaultKind | (null | null);
  /** The same in words. */
  message: string | null;
  /** Null until all have a result. */
  cross_validation: CrossValidation | (null | null);
  /** Why it is not defined for these results; null where it is. */
  cross_validation_undefined: GridUndefined | (null | null);
};
export type DeletedGrid = {
  /** Id of the grid. */
  grid_id: string;
};
export type ComparedBacktest = {
  /** Return over all days. */
  total_return: number | null;
  /** Annualised return, compounded. */
  annualized_return: number | null;
  /** Standard deviation of a year. */
  volatility: number | null;
  /** Sharpe ratio of a year. */
  sharpe_ratio: number | null;
  /** Sortino ratio of a year. */
  sortino_ratio: number | null;
  /** Part of the highest value that was lost at most; positive. */
  max_drawdown: number | null;
  /** Annualised return over the maximum drawdown. */
  calmar_ratio: number | null;
  /** Beta against the benchmark. */
  beta: number | null;
  /** Annualised Jensen's alpha. */
  alpha: number | null;
  /** Standard deviation of the difference to the benchmark, of a year. */
  tracking_error: number | null;
  /** Mean over standard deviation of that difference, of a year. */
  information_ratio: number | null;
  /** Half of what was traded over the value, of a year, after the first purchase. */
  turnover: number | null;
  /** Share of the days with a return above 0. */
  win_rate: number | null;
  /** Historical value at risk of a day at 95 %; losses are positive. */
  var: number | null;
  /** Mean of the worst 5 % of the days; losses are positive. */
  cvar: number | null;
  /** Probability that the true Sharpe ratio is above 0. */
  probabilistic_sharpe_ratio: number | null;
  /** Its id. */
  backtest_id: string;
  /** What it is called. */
  name: string | null;
  /** Figures over its own days. */
  summary: BacktestSummary;
  /** Why figures are null, by name. */
  undefined: {
    [key: string]: FaultKind;
  };
  /** Value, 1 on the first day. */
  wealth: (number | null)[];
};
export type BacktestComparison = {
  /** Those days. */
  dates: string[];
  /** In the order asked for. */
  backtests: ComparedBacktest[];
  /** Correlation of their returns, by id and id; null where one does not vary. */
  correlation: {
    [key: string]: {
      [key: string]: number | null;
    };
  };
};
export type BacktestData = {
  /** Day of the first decision. */
  start_date: string;
  /** Last day. */
  end_date: string;
  /** Returns. */
  return_count: number;
  /** Days before the first decision. */
  history_count: number;
  /** Days that were left out: only some have a price. */
  left_out: number;
  /** Trading days of a year. */
  periods_per_year: number;
  /** Sources of the prices. */
  source: string[];
  /** When the last price arrived, in UTC. */
  last_updated: string;
  /** Sent as known_at, it repeats this backtest, in UTC. */
  known_at: string;
};
export type BacktestTimeSeries = {
  /** Trading days. */
  dates: string[];
  /** Value at the close. */
  portfolio_values: (number | null)[];
  /** Cash in it. */
  cash: (number | null)[];
  /** Return from the day before; null on the first day. */
  returns: (number | null)[];
  /** Drawdown: the part of the highest value so far that is lost. */
  drawdowns: (number | null)[];
  /** The same money in the benchmark; null without one. */
  benchmark_values: (number | null)[] | null;
  /** Returns of the benchmark; null without one. */
  benchmark_returns: (number | null)[] | null;
};
export type BacktestTransaction = {
  /** Day, the one after the decision. */
  date: string;
  /** Asset. */
  asset: string;
  /** BUY or SELL. */
  action: Side;
  /** Units. */
  quantity: number;
  /** Open of the day, or its close where there is none. */
  price: number;
  /** Costs, impact included. */
  cost: number;
  /** Its weight after the trades of the day. */
  weight: number;
};
export type BacktestAllocation = {
  /** Day. */
  date: string;
  /** By asset. */
  weights: {
    [key: string]: number;
  };
};
export type SkippedReason = "NO_EXCESS_RETURN" | "NO_RISK" | "NOT_SOLVED";
export type BacktestSkipped = {
  /** Day. */
  date: string;
  /** Why. */
  reason: SkippedReason;
  /** The same in words. */
  message: string;
};
export type ChartType = "line" | "area" | "stacked_area";
export type BacktestChartSeries = {
  /** Name. */
  name: string;
  /** One for each of the chart's dates. */
  values: (number | null)[];
};
export type BacktestChart = {
  /** wealth, drawdown, weights or costs. */
  name: string;
  /** Title. */
  title: string;
  /** How it is drawn. */
  type: ChartType;
  /** Its horizontal axis. */
  dates: string[];
  /** Its lines. */
  series: BacktestChartSeries[];
};
export type Backtest = {
  /** Its id. */
  backtest_id: string;
  /** Id of its job. */
  job_id: string;
  /** State of its job. */
  status: BacktestStatus;
  /** What it is called. */
  name: string | null;
  /** Its grid; null where it is of none. */
  grid_id: string | null;
  /** When it was asked for, in UTC. */
  created_at: string;
  /** Who asked for it. */
  created_by: string;
  /** What was asked for. */
  request: ShownBacktestRequest;
  /** Figures; null while there is no result. */
  summary: BacktestSummary | (null | null);
  /** Why its job failed; null where it has not. */
  error: string | null;
  /** What the prices were. */
  data: BacktestData | (null | null);
  /** One number for each day. */
  time_series: BacktestTimeSeries | (null | null);
  /** The first 5,000 trades, oldest first. */
  transactions: BacktestTransaction[];
  /** All trades. */
  transaction_count: number;
  /** Weights after each day of trades. */
  period_allocations: BacktestAllocation[];
  /** Decisions that were not made. */
  skipped: BacktestSkipped[];
  /** Charts; empty without a result. */
  charts: BacktestChart[];
  /** Libraries that the last digits may depend on. */
  versions: {
    [key: string]: string;
  };
};
export type DeletedBacktest = {
  /** Id of the backtest. */
  backtest_id: string;
};
export type BacktestTransactions = {
  /** The trades. */
  transactions: BacktestTransaction[];
};
export type PortfolioModel = "Classic" | "BL" | "FM";
export type PortfolioObjective =
  "MinRisk" | "MaxRet" | "Sharpe" | "Utility" | "RiskParity" | "HRP";
export type UsedGroupLimit = {
  /** Least. */
  min: number | null;
  /** Most. */
  max: number | null;
};
export type UsedPortfolioConstraints = {
  /** Least of each asset; below 0 is short. */
  lower_bound: number;
  /** Most of each asset. */
  upper_bound: number;
  /** Assets by the name of a group. */
  groups: {
    [key: string]: string[];
  };
  /** Limits by the name of a group. */
  group_constraints: {
    [key: string]: UsedGroupLimit;
  };
  /** Most of half of what weights change by. */
  max_turnover: number | null;
  /** Least expected return of a year after costs. */
  target_return: number | null;
  /** Assets at most. */
  max_assets: number | null;
  /** Least of an asset that is held at all. */
  min_weight: number;
};
export type UsedPortfolioView = {
  /** 1 for an asset; 1 and -1 for one against another. */
  weights: {
    [key: string]: number;
  };
  /** Expected return of a year. */
  expected_return: number;
  /** Standard deviation of that; by default as of the prior. 0: certain. */
  uncertainty: number | null;
};
export type UsedOptimizationRequest = {
  /** First day, by default the first there is. */
  start_date: string | null;
  /** Last day, by default the last there is. */
  end_date: string | null;
  /** A week's or a month's price is its last one. */
  frequency: SeriesFrequency;
  /** forward: days on which only other assets have a price get the last one. */
  fill: FillMethod;
  /** Moment as of which prices were known, in UTC. */
  known_at: string;
  /** Assets. */
  assets: string[];
  /** Classic: mean and covariance of the returns. BL: returns implied by the market's weights, moved by views. FM: least-squares regression on factors, for MV alone. */
  model: PortfolioModel;
  /** MV: standard deviation. MAD, MSV: distances to the mean; FLPM, SLPM: below `threshold`; MSV and SLPM are roots. CVaR, EVaR, WR: tail and largest loss. MDD, ADD, CDaR, EDaR, UCI: drawdowns of added returns. */
  risk_measure: Measure;
  /** RiskParity gives equal shares of the risk, HRP halves it down a tree; both are rules for MV, without constraints. */
  objective: PortfolioObjective;
  /** Risk-free rate. */
  risk_free_rate: number;
  /** Limits of weights; null for rules, which have none. */
  constraints: UsedPortfolioConstraints | (null | null);
  /** Confidence of the tail: 0.95 is the worst 5 %. */
  level: number;
  /** Return of a period that FLPM and SLPM count from. */
  threshold: number;
  /** Radius of a Wasserstein ball about the sample, as a return of a period; the worst distribution counts. */
  radius: number;
  /** Weight of the risk of a period in Utility; of its square for MV, MSV and SLPM. */
  risk_aversion: number;
  /** Estimate of the covariance, for MV; FM has its own. */
  covariance: CovarianceMethod;
  /** Decay of ewma for each period. */
  decay: number;
  /** Periods of a year; by default the calendar's. */
  periods_per_year: number | null;
  /** Weights that are held, for a turnover and for costs. */
  current_weights: {
    [key: string]: number;
  };
  /** Cost per unit bought or sold, as a fraction; it comes off the expected return of a year. */
  transaction_cost: number;
  /** Views, for BL. */
  views: UsedPortfolioView[];
  /** Weights of the market, for BL; by default alike. */
  market_weights: {
    [key: string]: number;
  };
  /** Risk aversion of the market in a year, for BL. */
  market_risk_aversion: number;
  /** How unsure the prior is, for BL. */
  tau: number;
  /** Symbols whose returns are factors, for FM. */
  factors: string[];
  /** Points of the efficient frontier, which knows no max_assets and min_weight; 0: none. */
  frontier_points: number;
};
export type PortfolioMetrics = {
  /** Expected return of a year before costs. */
  expected_return: number;
  /** Standard deviation of a year, by the covariance that was taken. */
  volatility: number;
  /** Excess return over volatility, of a year; null without risk. */
  sharpe_ratio: number | null;
  /** Deepest drawdown, compounded, of the returns that were taken (BL moves them by its views); null where more than all is lost. */
  max_drawdown: number | null;
  /** Risk by the measure, of a period; MSV and SLPM are roots. */
  risk: number;
  /** Expected return of a year after costs, the worst within the radius. */
  worst_return: number;
  /** Risk by the measure, of a period, the worst within the radius. */
  worst_risk: number;
  /** Half of what current weights change by; null without them. */
  turnover: number | null;
  /** Costs of that as a fraction of the portfolio, once; null without current weights. */
  cost: number | null;
};
export type EfficientPoint = {
  /** Least risk by the measure, of a period. */
  risk: number;
  /** Expected return of a year that it is for. */
  return: number;
  /** Weights. */
  weights: {
    [key: string]: number;
  };
};
export type OptimalityStatus = "OPTIMAL" | "WITHIN_GAP" | "NOT_SOUGHT";
export type OptimizationSolver =
  | "ACTIVE_SET"
  | "PIQP"
  | "PIQP_CAUTIOUS"
  | "HIGHS"
  | "CLARABEL"
  | "PIQP_STEPS"
  | "CLARABEL_CAUTIOUS"
  | "NEWTON";
export type SolverAttempt = {
  /** Solver. */
  solver: OptimizationSolver;
  /** What it said of itself. */
  said: string;
  /** Iterations. */
  iterations: number;
  /** Gap that was computed for its answer; null without an answer. */
  gap: number | null;
  /** Violation of the optimality conditions; null without an answer. */
  kkt_residual: number | null;
  /** Whether it was good enough. */
  accepted: boolean;
};
export type PortfolioOptimality = {
  /** OPTIMAL: nothing is better, up to rounding. WITHIN_GAP: at most `gap` is missing. NOT_SOUGHT: the rule has no objective. */
  status: OptimalityStatus;
  /** Objective of the weights, of a period: a risk, return or utility, or return above the risk-free rate by risk, not annualised; of RiskParity the function that is least there. */
  objective: number | null;
  /** No weights within the constraints are better. */
  bound: number | null;
  /** Distance of both, in the unit of the objective. */
  gap: number | null;
  /** Largest violation of the optimality conditions. */
  kkt_residual: number | null;
  /** Who found the weights. */
  solver: OptimizationSolver | (null | null);
  /** Tries in their order. */
  attempts: SolverAttempt[];
};
export type OptimizedPortfolio = {
  /** Id. */
  portfolio_id: string;
  /** When it was made. */
  timestamp: string;
  /** User. */
  created_by: string;
  /** Model. */
  model: PortfolioModel;
  /** Measure of risk. */
  risk_measure: Measure;
  /** Objective. */
  objective: PortfolioObjective;
  /** What was asked for. */
  request: UsedOptimizationRequest;
  /** Weights by asset, which sum to 1. */
  weights: {
    [key: string]: number;
  };
  /** What they come to. */
  metrics: PortfolioMetrics;
  /** Expected return of a year by asset, as it was taken. */
  expected_returns: {
    [key: string]: number;
  };
  /** Least risk for expected returns at equal distances; empty for rules. */
  efficient_frontier: EfficientPoint[];
  /** What is proved. */
  optimality: PortfolioOptimality;
  /** What the returns were. */
  data: RiskData;
  /** Versions of what computed it. */
  versions: {
    [key: string]: string;
  };
  /** Fingerprint of the returns. */
  returns_sha256: string;
  /** Fingerprint of what came out. */
  outcome_sha256: string;
};
export type GroupLimit = {
  /** Least. */
  min?: number | null;
  /** Most. */
  max?: number | null;
};
export type PortfolioConstraints = {
  /** Least of each asset; below 0 is short. 0.0 when left out. */
  lower_bound?: number;
  /** Most of each asset. 0.3 when left out. */
  upper_bound?: number;
  /** Assets by the name of a group. */
  groups?: {
    [key: string]: string[];
  };
  /** Limits by the name of a group. */
  group_constraints?: {
    [key: string]: GroupLimit;
  };
  /** Most of half of what weights change by. */
  max_turnover?: number | null;
  /** Least expected return of a year after costs. */
  target_return?: number | null;
  /** Assets at most. */
  max_assets?: number | null;
  /** Least of an asset that is held at all. 0.0 when left out. */
  min_weight?: number;
};
export type PortfolioView = {
  /** 1 for an asset; 1 and -1 for one against another. */
  weights: {
    [key: string]: number;
  };
  /** Expected return of a year. */
  expected_return: number;
  /** Standard deviation of that; by default as of the prior. 0: certain. */
  uncertainty?: number | null;
};
export type OptimizationRequest = {
  /** First day, by default the first there is. */
  start_date?: string | null;
  /** Last day, by default the last there is. */
  end_date?: string | null;
  /** A week's or a month's price is its last one. "daily" when left out. */
  frequency?: SeriesFrequency;
  /** forward: days on which only other assets have a price get the last one. "none" when left out. */
  fill?: FillMethod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  known_at?: string | null;
  /** Assets. */
  assets: string[];
  /** Classic: mean and covariance of the returns. BL: returns implied by the market's weights, moved by views. FM: least-squares regression on factors, for MV alone. "Classic" when left out. */
  model?: PortfolioModel;
  /** MV: standard deviation. MAD, MSV: distances to the mean; FLPM, SLPM: below `threshold`; MSV and SLPM are roots. CVaR, EVaR, WR: tail and largest loss. MDD, ADD, CDaR, EDaR, UCI: drawdowns of added returns. "MV" when left out. */
  risk_measure?: Measure;
  /** RiskParity gives equal shares of the risk, HRP halves it down a tree; both are rules for MV, without constraints. "Sharpe" when left out. */
  objective?: PortfolioObjective;
  /** Risk-free rate. 0.0 when left out. */
  risk_free_rate?: number;
  /** Limits of weights; without them each asset has from 0 to 0.3. */
  constraints?: PortfolioConstraints | (null | null);
  /** Confidence of the tail: 0.95 is the worst 5 %. 0.95 when left out. */
  level?: number;
  /** Return of a period that FLPM and SLPM count from. 0.0 when left out. */
  threshold?: number;
  /** Radius of a Wasserstein ball about the sample, as a return of a period; the worst distribution counts. 0.0 when left out. */
  radius?: number;
  /** Weight of the risk of a period in Utility; of its square for MV, MSV and SLPM. 1.0 when left out. */
  risk_aversion?: number;
  /** Estimate of the covariance, for MV; FM has its own. "sample" when left out. */
  covariance?: CovarianceMethod;
  /** Decay of ewma for each period. 0.94 when left out. */
  decay?: number;
  /** Periods of a year; by default the calendar's. */
  periods_per_year?: number | null;
  /** Weights that are held, for a turnover and for costs. */
  current_weights?: {
    [key: string]: number;
  };
  /** Cost per unit bought or sold, as a fraction; it comes off the expected return of a year. 0.0 when left out. */
  transaction_cost?: number;
  /** Views, for BL. */
  views?: PortfolioView[];
  /** Weights of the market, for BL; by default alike. */
  market_weights?: {
    [key: string]: number;
  };
  /** Risk aversion of the market in a year, for BL. 2.5 when left out. */
  market_risk_aversion?: number;
  /** How unsure the prior is, for BL. 0.05 when left out. */
  tau?: number;
  /** Symbols whose returns are factors, for FM. [] when left out. */
  factors?: string[];
  /** Points of the efficient frontier, which knows no max_assets and min_weight; 0: none. 10 when left out. */
  frontier_points?: number;
};
export type OptimizationSummary = {
  /** Id. */
  portfolio_id: string;
  /** When it was made. */
  timestamp: string;
  /** User. */
  created_by: string;
  /** Model. */
  model: PortfolioModel;
  /** Measure of risk. */
  risk_measure: Measure;
  /** Objective. */
  objective: PortfolioObjective;
  /** Assets that were to choose from. */
  asset_count: number;
  /** What is proved. */
  status: OptimalityStatus;
};
export type OptimizationPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Optimised portfolios, newest first. */
  portfolios: OptimizationSummary[];
};
export type OptimizationReplay = {
  /** Id. */
  portfolio_id: string;
  /** Whether every byte is the same. */
  identical: boolean;
  /** Identical, or on other versions no weight differs by more than `tolerance`. */
  reproduced: boolean;
  /** Whether the returns are the same. */
  same_returns: boolean;
  /** Whether the versions are the same. */
  same_versions: boolean;
  /** Largest difference of a weight. */
  largest_difference: number;
  /** By how much a weight may differ on other versions. */
  tolerance: number;
  /** Versions of what computed it first. */
  recorded_versions: {
    [key: string]: string;
  };
  /** Versions of what computed it now. */
  versions: {
    [key: string]: string;
  };
};
export type EventReceiptStatus = "accepted" | "duplicate";
export type EventReceipt = {
  /** Id of the stored event. */
  event_id: string;
  /** duplicate: the same event was stored before. */
  status: EventReceiptStatus;
  /** When it was stored, in UTC. */
  received_at: string;
};
export type MarketDataUpdate = {
  /** Symbols of assets with new data. */
  assets: string[];
  /** When the data was there. */
  timestamp: string;
};
export type RowChangeType = "INSERT" | "UPDATE" | "DELETE";
export type DatabaseWebhook = {
  /** What became of the row. */
  type: RowChangeType;
  /** Schema of the table. */
  schema: string;
  /** The table: one of EVENT_PRICE_TABLE, EVENT_DEPOSIT_TABLE and EVENT_WITHDRAWAL_TABLE. */
  table: string;
  /** The row after the change, null after a DELETE: of prices `symbol` and `close` or `price`, of deposits and withdrawals `portfolio_id`; `id` tells a new row from every other one. */
  record: {
    [key: string]: any;
  } | null;
  /** The row before the change, null after an INSERT. */
  old_record: {
    [key: string]: any;
  } | null;
};
export type MonitorState = "active" | "degraded";
export type ListenerName = "NOTIFY" | "REALTIME";
export type ListenerState = "OFF" | "CONNECTED" | "LOST";
export type Listener = {
  /** NOTIFY of PostgreSQL, or REALTIME of Supabase. */
  name: ListenerName;
  /** OFF is not configured, LOST is trying to connect again. */
  state: ListenerState;
  /** Since when, in UTC. */
  changed_at: string | null;
  /** Why it is lost. */
  reason: string | null;
};
export type MonitorStatus = {
  /** degraded: a listener has no connection, or events wait for more than two minutes. */
  status: MonitorState;
  /** When the last event of market data was received, in UTC. */
  last_etl_update: string | null;
  /** When a portfolio was last recalculated, in UTC. */
  last_recalculation: string | null;
  /** Assets of active portfolios. */
  monitored_assets: number;
  /** Portfolios that are recalculated automatically. */
  active_portfolios: number;
  /** Recalculations that are not over. */
  pending_recalculations: number;
  /** Events that are not processed yet. */
  waiting_events: number;
  /** Doors that keep a connection. */
  listeners: Listener[];
};
export type ShownThresholds = {
  /** Of prices of assets without a class. */
  price: number;
  /** Of the volatility of an asset. */
  volatility: number;
  /** Move of a correlation. */
  correlation: number;
  /** Of prices of stocks. */
  stocks: number;
  /** Of prices of bonds. */
  bonds: number;
  /** Of prices of currencies. */
  forex: number;
  /** Of prices of crypto assets. */
  crypto: number;
};
export type ShownMonitorConfig = {
  /** Whether events and times recalculate it. */
  automatic_recalculation: boolean;
  /** Thresholds. */
  significance_thresholds: ShownThresholds;
  /** Seconds between two recalculations. */
  minimum_interval: number;
  /** Times of the desk's day. */
  scheduled_recalculations: string[];
  /** Class by asset. */
  asset_classes: {
    [key: string]: string;
  };
};
export type RecalculationState =
  "PENDING" | "QUEUED" | "DONE" | "FAILED" | "COVERED";
export type RecalculationReason =
  | "FIRST"
  | "PRICE"
  | "VOLATILITY"
  | "CORRELATION"
  | "NOT_MEASURABLE"
  | "DEPOSIT"
  | "WITHDRAWAL"
  | "SCHEDULE"
  | "REQUEST";
export type Recalculation = {
  /** Its id. */
  recalculation_id: string;
  /** PENDING until it is due, QUEUED while it has a job; DONE, FAILED and COVERED are final. A COVERED one was answered by another one, which read its data later. */
  state: RecalculationState;
  /** FIRST: it never was. PRICE, VOLATILITY, CORRELATION: a change since the last one is at the threshold. NOT_MEASURABLE: there are no prices by which to tell. DEPOSIT, WITHDRAWAL: money came or went. SCHEDULE: its time has come. REQUEST: a user asked. Of several, the first. */
  reason: RecalculationReason;
  /** Who asked for it. */
  requested_by: string;
  /** When its first event was received, in UTC. */
  first_event_at: string;
  /** When its last event was received, in UTC. */
  last_event_at: string;
  /** Events that it answers. */
  event_count: number;
  /** When it is queued if nothing comes between, in UTC; null while automatic_recalculation is false. */
  due_at: string | null;
  /** Its job; null before it is queued. */
  job_id: string | null;
  /** When it was queued, in UTC. */
  queued_at: string | null;
  /** Up to when data counted, in UTC. */
  known_at: string | null;
  /** When it was over, in UTC. */
  ended_at: string | null;
  /** Path of the result; null if there is none. */
  result: string | null;
};
export type PortfolioStatus = {
  /** Its id. */
  portfolio_id: string;
  /** Its assets. */
  assets: string[];
  /** How it is monitored. */
  config: ShownMonitorConfig;
  /** Version of the configuration; 0 is the default one. */
  version: number;
  /** When it was last recalculated, in UTC. */
  last_recalculation: string | null;
  /** The next scheduled time, in UTC. */
  next_scheduled_at: string | null;
  /** Recalculations that were queued in the last 24 hours. */
  recalculations_of_day: number;
  /** How many there may be in 24 hours. */
  max_per_day: number;
  /** The last recalculations, newest first. */
  recalculations: Recalculation[];
};
export type Thresholds = {
  /** Of prices of assets without a class. 0.01 when left out. */
  price?: number;
  /** Of the volatility of an asset, over 60 days. 0.2 when left out. */
  volatility?: number;
  /** Move of a correlation, over 60 days. 0.15 when left out. */
  correlation?: number;
  /** Of prices of stocks. 0.01 when left out. */
  stocks?: number;
  /** Of prices of bonds. 0.005 when left out. */
  bonds?: number;
  /** Of prices of currencies. 0.008 when left out. */
  forex?: number;
  /** Of prices of crypto assets. 0.03 when left out. */
  crypto?: number;
};
export type AssetClass = "stocks" | "bonds" | "forex" | "crypto";
export type MonitorConfig = {
  /** false: neither events nor times recalculate it, requests alone do. true when left out. */
  automatic_recalculation?: boolean;
  /** When new data is significant. {"price": 0.01, "volatility": 0.2, "correlation": 0.15, "stocks": 0.01, "bonds": 0.005, "forex": 0.008, "crypto": 0.03} when left out. */
  significance_thresholds?: Thresholds;
  /** Seconds between two recalculations; deposits, withdrawals and requests pass. 3600 when left out. */
  minimum_interval?: number;
  /** Times of the desk's day, each day. */
  scheduled_recalculations?: string[];
  /** Class by asset; an asset without one has the threshold `price`. */
  asset_classes?: {
    [key: string]: AssetClass;
  };
  /** The version that was read, 0 the default one: refused with a 409 where another is stored. */
  version?: number | null;
};
export type RequestedState = "recalculation_queued";
export type RequestedRecalculation = {
  /** It is queued. */
  status: RequestedState;
  /** When it was asked for, in UTC. */
  request_time: string;
  /** When it is done if it takes as long as the last ones, in UTC; null without any. */
  estimated_completion: string | null;
  /** Its job. */
  job_id: string;
  /** Its id. */
  recalculation_id: string;
};
export type LoadWarning = {
  /** The file. */
  file: string;
  /** Its line; null of a stored row that the file does not have. */
  line: number | null;
  /** The column. */
  column: string | null;
  /** What will happen, and what to do. */
  message: string;
};
export type ChangeKind = "ADDED" | "CHANGED" | "REMOVED" | "NOT_IN_FILE";
export type ReferenceChange = {
  /** ADDED, CHANGED, REMOVED; NOT_IN_FILE: the row stays, and the file does not have it. */
  kind: ChangeKind;
  /** Key of the row. */
  key: string;
  /** Column of a changed value. */
  column: string | null;
  /** The value before, as a file has it. */
  before: string | null;
  /** The value after, as a file has it. */
  after: string | null;
};
export type LoadedFile = {
  /** Its name. */
  file: string;
  /** SHA-256 of its bytes. */
  sha256: string;
  /** Rows of the file. */
  rows: number;
  /** Rows that are new. */
  added: number;
  /** Rows with other values. */
  changed: number;
  /** Rows that are removed. */
  removed: number;
  /** Stored rows that it does not have, and that stay. */
  not_in_file: number;
  /** The first 1,000 changes, and of a changed row one for each column. */
  changes: ReferenceChange[];
};
export type LoadReport = {
  /** Accounts whose restrictions are not stated, the first 1,000. */
  warnings: LoadWarning[];
  /** The files. */
  files: LoadedFile[];
  /** The audit record; null where nothing was stored. */
  audit_id: string | null;
};
export type Files = {
  /** groups.csv. */
  groups?: string;
  /** accounts.csv. */
  accounts?: string;
  /** restrictions.csv. */
  restrictions?: string;
  /** benchmarks.csv. */
  benchmarks?: string;
  /** securities.csv. */
  securities?: string;
  /** limits.csv. */
  limits?: string;
};
export type LoadRequest = {
  /** The files, as text. */
  files: Files;
  /** Why the data changes, for the audit trail; needed unless it is a dry run. */
  comment?: string;
  /** true: stored rows that a file does not have are removed. false: they stay. false when left out. */
  remove?: boolean;
  /** true: nothing is stored, and the answer says what would change. false when left out. */
  dry_run?: boolean;
};
export type Asset = {
  /** Its symbol. */
  symbol: string;
  /** Its class as it was stated. */
  asset_class: string;
  /** Its value in money. */
  value: number;
};
export type ClassReport = {
  /** The class. */
  asset_class: string;
  /** Share of the portfolio's value, in percent. */
  current_percent: number;
  /** What it should be, in percent. */
  target_percent: number;
  /** What its holdings are worth. */
  current_value: number;
  /** What they should be worth. */
  target_value: number;
  /** Current less target value, in money; negative when too little. */
  difference: number;
  /** Current less target share, in percentage points; negative when too little. */
  difference_percent: number;
  /** Its holdings. */
  assets: Asset[];
};
export type TradeAction = "BUY" | "SELL" | "HOLD";
export type RebalancingAction = {
  /** The class. */
  asset_class: string;
  /** What to do. */
  action: TradeAction;
  /** How much, in money. */
  amount: number;
  /** Share of the portfolio's value, in percent. */
  current_percent: number;
  /** What it should be, in percent. */
  target_percent: number;
  /** Current less target share, in percentage points; negative when too little. */
  drift: number;
};
export type Mode = "full" | "to_band" | "buy_only";
export type BalancedAction = {
  /** The class. */
  asset_class: string;
  /** What to do. */
  action: TradeAction;
  /** How much, in money, to the cent. */
  amount: number;
  /** Drift afterwards, in percentage points. */
  drift_after: number;
  /** Whether that is still more than the threshold. */
  is_out_after: boolean;
  /** Why. */
  explanation: string;
};
export type DriftWarningType =
  | "SHORT_POSITION"
  | "HOLDINGS_DIFFER"
  | "UNKNOWN_CLASS"
  | "MISSING_NAV"
  | "MISSING_CASH"
  | "MISSING_MARKET_VALUE"
  | "MISSING_CLASS"
  | "MISSING_METRIC"
  | "MISSING_BENCHMARK"
  | "MIXED_CURRENCIES";
export type DriftWarning = {
  /** What it is. */
  type: DriftWarningType;
  /** The same in words. */
  message: string;
  /** Holdings that it is about. */
  symbols: string[];
  /** Holdings less portfolio value, in money; null of other warnings. */
  difference: number | null;
};
export type Calculation = {
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolio_value: number;
  /** When it was calculated, in UTC. */
  timestamp: string;
  /** The classes in the order of the targets; unclassified holdings last. */
  asset_classes: ClassReport[];
  /** Sum of the absolute drifts of all classes, in points; not halved. */
  total_drift: number;
  /** Half of the total drift, in points. */
  turnover_to_target: number;
  /** Whether any class drifted by more than the threshold. */
  needs_rebalancing: boolean;
  /** Drift in percentage points that is left alone; a class at exactly this is, too. */
  rebalancing_threshold: number;
  /** One for each class beyond the threshold, to its target; they need not balance. */
  rebalancing_actions: RebalancingAction[];
  /** Mode of the balanced actions. */
  mode: Mode;
  /** Portfolio value less its holdings, in money. */
  free_cash: number;
  /** What to do with each class: purchases = sales + free cash - left_over, to the cent. */
  balanced_actions: BalancedAction[];
  /** Free cash that no balanced action takes, for the rules of trades. */
  left_over: number;
  /** What to know. */
  warnings: DriftWarning[];
};
export type Holding = {
  /** Its class. */
  asset_class: string;
  /** Its value in money; below zero for a short position. */
  value: number;
};
export type Calculate = {
  /** Holdings by symbol, each with its asset class and its value in money. */
  holdings: {
    [key: string]: Holding;
  };
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolio_value: number;
  /** Drift in percentage points that is left alone; a class at exactly this is, too. 5 when left out. */
  rebalancing_threshold?: number;
  /** Target of each asset class in percent, which sum to 100. Without it stocks 50, etfs 15, commodities 15, crypto 10, futures 5, cash 5. {"stocks": 50, "etfs": 15, "commodities": 15, "crypto": 10, "futures": 5, "cash": 5} when left out. */
  targets?: {
    [key: string]: number;
  };
  /** Of balanced_actions. full: every class to its target. to_band: classes that are out to the edge, with the least turnover. buy_only: free cash alone, never a sale. "full" when left out. */
  mode?: Mode;
  /** Balanced actions below this much money are left out. 0 when left out. */
  minimum_trade?: number;
  /** Price of a unit by asset class: its balanced actions are whole units, rounded down. */
  unit_prices?: {
    [key: string]: number;
  };
};
export type Targets = {
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolio_value: number;
  /** Target of each class in money. */
  targets: {
    [key: string]: number;
  };
  /** Target of each class in percent. */
  target_percentages: {
    [key: string]: number;
  };
};
export type TargetsBody = {
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolio_value: number;
  /** Target of each asset class in percent, which sum to 100. Without it stocks 50, etfs 15, commodities 15, crypto 10, futures 5, cash 5. {"stocks": 50, "etfs": 15, "commodities": 15, "crypto": 10, "futures": 5, "cash": 5} when left out. */
  targets?: {
    [key: string]: number;
  };
};
export type RebalancingCheck = {
  /** Whether any class drifted by more than the threshold. */
  needs_rebalancing: boolean;
  /** One sentence for each class beyond the threshold, in the order of the targets. */
  alerts: string[];
  /** Sum of the absolute drifts of all classes, in points; not halved. */
  total_drift: number;
  /** Drift in percentage points that is left alone; a class at exactly this is, too. */
  threshold: number;
  /** What to know. */
  warnings: DriftWarning[];
};
export type DriftBody = {
  /** Holdings by symbol, each with its asset class and its value in money. */
  holdings: {
    [key: string]: Holding;
  };
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolio_value: number;
  /** Drift in percentage points that is left alone; a class at exactly this is, too. 5 when left out. */
  threshold?: number;
  /** Target of each asset class in percent, which sum to 100. Without it stocks 50, etfs 15, commodities 15, crypto 10, futures 5, cash 5. {"stocks": 50, "etfs": 15, "commodities": 15, "crypto": 10, "futures": 5, "cash": 5} when left out. */
  targets?: {
    [key: string]: number;
  };
};
export type DriftRow = {
  /** The class. */
  asset_class: string;
  /** Share of the portfolio's value, in percent. */
  current_percent: number;
  /** What it should be, in percent. */
  target_percent: number;
  /** Current less target share, in percentage points; negative when too little. */
  drift: number;
  /** The same in money. */
  drift_amount: number;
  /** Whether the drift is more than the threshold. */
  needs_rebalancing: boolean;
};
export type DriftAnalysis = {
  /** Value of the portfolio, in money, at least a cent: what percentages are of. */
  portfolio_value: number;
  /** When it was calculated, in UTC. */
  timestamp: string;
  /** By absolute drift; ties in the order of the targets. */
  drifts: DriftRow[];
  /** Sum of the absolute drifts of all classes, in points; not halved. */
  total_drift: number;
  /** Whether any class drifted by more than the threshold. */
  needs_rebalancing: boolean;
  /** What to know. */
  warnings: DriftWarning[];
};
export type TargetScope = "ACCOUNT" | "GROUP";
export type TargetDimension =
  | "ASSET_CLASS"
  | "SECTOR"
  | "RATING"
  | "DURATION_BUCKET"
  | "COUNTRY"
  | "SECURITY"
  | "METRIC";
export type TargetState =
  "PENDING" | "APPROVED" | "RETIRED" | "REJECTED" | "WITHDRAWN";
export type StatedClassTarget = {
  /** The class. */
  key: string;
  /** Target share in percent of NAV. */
  target_percent: number;
  /** Drift in points that is left alone; in years for a metric. */
  band_absolute: number | null;
  /** The same in percent of the target. Of both bands the narrower one holds; without any it is 5 points. */
  band_relative: number | null;
  /** Drift in points that is left alone, from both. */
  band: number;
};
export type RiskMetric = "DURATION" | "SPREAD_DURATION";
export type RelativeTo = "BENCHMARK";
export type StatedMetricTarget = {
  /** The metric. */
  metric: RiskMetric;
  /** What it is measured against. */
  relative_to: RelativeTo | (null | null);
  /** Target in years. */
  target: number;
  /** Distance in years that is left alone. */
  band_absolute: number;
};
export type TargetVersion = {
  /** Its number, from 1. */
  version: number;
  /** APPROVED: it holds from its first day on, until a newer one does. RETIRED: from then on there are no targets. PENDING: it waits for another user's approval, and does not hold. REJECTED and WITHDRAWN ones never hold. */
  state: TargetState;
  /** First day on which the version holds. */
  effective_from: string;
  /** Targets of classes. */
  targets: StatedClassTarget[];
  /** Targets of metrics. */
  metric_targets: StatedMetricTarget[];
  /** Edges of duration buckets in years. */
  bucket_edges: number[];
  /** Why, for colleagues and examiners. */
  comment: string;
  /** When it was stated, in UTC. */
  created_at: string;
  /** Who stated it. */
  created_by: string;
  /** When it was decided on; null without a decision. */
  decided_at: string | null;
  /** Who decided; null without a decision. */
  decided_by: string | null;
  /** Why it was decided so. */
  decision_comment: string | null;
};
export type TargetSetRow = {
  /** Its id. */
  target_set_id: string;
  /** Whose targets they are: of an account or of a portfolio group. */
  scope: TargetScope;
  /** Id of the account or group. */
  scope_id: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** Number of the newest version, which the next one replaces. */
  version: number;
  /** The version that holds on the business date, or the day asked for; null for none. */
  in_force: TargetVersion | (null | null);
  /** The version that waits for its approval; null for none. */
  pending: TargetVersion | (null | null);
};
export type TargetSetPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The target sets. */
  target_sets: TargetSetRow[];
};
export type TargetSet = {
  /** Its id. */
  target_set_id: string;
  /** Whose targets they are: of an account or of a portfolio group. */
  scope: TargetScope;
  /** Id of the account or group. */
  scope_id: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** Number of the newest version, which the next one replaces. */
  version: number;
  /** The version that holds on the business date, or the day asked for; null for none. */
  in_force: TargetVersion | (null | null);
  /** The version that waits for its approval; null for none. */
  pending: TargetVersion | (null | null);
  /** All versions, newest first. */
  versions: TargetVersion[];
};
export type ClassTarget = {
  /** The class. cash in every dimension. ASSET_CLASS: stocks, etfs, commodities, crypto, futures, bonds, or a name of your own. SECTOR: as the security master says. RATING: AAA to D without plus and minus. DURATION_BUCKET: from the edges, such as 3-5 or 10+. COUNTRY: two capital letters. SECURITY: CUSIP or ISIN, kept as Aladdin's id. */
  key: string;
  /** Target share in percent of NAV. */
  target_percent: number;
  /** Drift in points that is left alone; in years for a metric. */
  band_absolute?: number | null;
  /** The same in percent of the target. Of both bands the narrower one holds; without any it is 5 points. */
  band_relative?: number | null;
};
export type MetricTarget = {
  /** The metric. */
  metric: RiskMetric;
  /** BENCHMARK: the target is of the metric less that of the benchmark. */
  relative_to?: RelativeTo | (null | null);
  /** Target in years. */
  target: number;
  /** Distance in years that is left alone. */
  band_absolute: number;
};
export type StateTargets = {
  /** Whose targets they are: of an account or of a portfolio group. */
  scope: TargetScope;
  /** Id of the account or group. */
  scope_id: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** Newest version as you read it, 0 where there is none: when it is another, the answer is 409. */
  version: number;
  /** First day on which the version holds. Default: the business date. */
  effective_from?: string | null;
  /** Why, for colleagues and examiners. */
  comment: string;
  /** Targets of classes, which sum to 100; in every dimension but METRIC. */
  targets?: ClassTarget[];
  /** Targets of metrics; with METRIC alone. */
  metric_targets?: MetricTarget[];
  /** DURATION_BUCKET: edges in years, rising; an edge belongs to the bucket above it. Default 1, 3, 5, 7, 10. */
  bucket_edges?: number[];
};
export type EndTargets = {
  /** Newest version as you read it, 0 where there is none: when it is another, the answer is 409. */
  version: number;
  /** First day without targets. Default: the business date. */
  effective_from?: string | null;
  /** Why, for colleagues and examiners. */
  comment: string;
};
export type DecideTargets = {
  /** The version that waits for its approval. */
  version: number;
  /** Why, for colleagues and examiners. */
  comment?: string;
};
export type ProposalScope = "ACCOUNT" | "GROUP";
export type ProposalMode = "full" | "to_band" | "buy_only" | "cash_raise";
export type CandidateSource = "held" | "buy_list" | "one";
export type ProposalAsked = {
  /** Whose trades. */
  scope: ProposalScope;
  /** Id of the account or group. */
  scope_id: string;
  /** full: into the bands, then as near to the targets as single trades come. to_band: into the bands. buy_only: the same by spending cash, nothing is sold. cash_raise: sales until amount can leave. */
  mode: ProposalMode;
  /** With cash_raise alone: cash that has to be there to leave, over all accounts, shared by NAV. */
  amount: number | null;
  /** Least money of a trade of an account. */
  minimum_trade: number;
  /** Most of half of what an account buys and sells, in percent of its NAV. */
  maximum_turnover_percent: number | null;
  /** Most that all trades cost, in money, shared by NAV; needs cost_per_100. */
  maximum_cost: number | null;
  /** Cost of a trade per 100 of face. */
  cost_per_100: number;
  /** Bonds to trade. held: those that the accounts hold, or that their targets of securities name. buy_list: held ones are sold, those of security_ids bought. one: the bond of security_ids alone. */
  candidates: CandidateSource;
  /** CUSIPs or ISINs, with buy_list and one. */
  security_ids: string[];
  /** Seconds for all of it, reading of bonds included; then the best that was found is the answer. */
  time_limit_seconds: number;
};
export type ProposalStatus = "OPTIMAL" | "TIME_LIMIT" | "INFEASIBLE";
export type ProposalSummary = {
  /** Id of the proposal. */
  proposal_id: string;
  /** When it was made. */
  created_at: string;
  /** Who asked for it. */
  created_by: string;
  /** What was asked for. */
  request: ProposalAsked;
  /** OPTIMAL: proved. TIME_LIMIT: the stages say what may be missing. INFEASIBLE: not all accounts can come back; the trades are the nearest. */
  status: ProposalStatus;
  /** Accounts within their bands afterwards. */
  accounts_back: number;
  /** Accounts with targets. */
  account_count: number;
  /** Block orders. */
  order_count: number;
  /** Id of the blotter that was made of it; null where none was. */
  blotter_id: string | null;
};
export type ProposalPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Proposals, newest first. */
  proposals: ProposalSummary[];
};
export type ProposalStage = {
  /** accounts_back, shortfall of what is to be raised, excess beyond the bands, distance from the targets, block_orders, allocations, turnover. */
  name: string;
  /** What the trades come to. */
  reached: number;
  /** What nothing betters; null where an earlier stage is not proved. */
  bound: number | null;
  /** Their difference, as a part of reached. */
  gap: number | null;
};
export type ProposedSlice = {
  /** The account. */
  account_id: string;
  /** Its face. */
  quantity: number;
  /** About what that settles at. */
  money: number;
};
export type ProposedOrder = {
  /** The bond. */
  security_id: string;
  /** BUY or SELL. */
  side: Side;
  /** Face of all accounts. */
  quantity: number;
  /** About what that settles at. */
  money: number;
  /** The part of each account. */
  accounts: ProposedSlice[];
};
export type Obstacle =
  "LOTS" | "CASH" | "TURNOVER" | "COST" | "LIMITS" | "SEVERAL" | "UNKNOWN";
export type ClassOutcome = "WITHIN" | "BACK" | "CLOSER" | "OUT";
export type ProposedClass = {
  /** Id of the target set. */
  target_set_id: string;
  /** Its version that was in force. */
  target_version: number;
  /** Its dimension. */
  dimension: TargetDimension;
  /** The class or metric. */
  key: string;
  /** Before the trades. */
  before: number;
  /** After them. */
  after: number;
  /** Target. */
  target: number;
  /** Lower edge of the band. */
  low: number;
  /** Upper edge of the band. */
  high: number;
  /** What it moves by, in money; of a metric in money times years. */
  trade: number;
  /** WITHIN the band before and after, BACK in it, CLOSER to it, or OUT as before. */
  outcome: ClassOutcome;
  /** Why, in one sentence. */
  explanation: string;
};
export type ProposedAccount = {
  /** The account. */
  account_id: string;
  /** Its name. */
  account_name: string;
  /** NAV that shares are of. */
  nav: number;
  /** Date of its positions. */
  reference_date: string | null;
  /** Whether it is within its bands without any trade. */
  is_back_before: boolean;
  /** Whether it is within its bands afterwards. */
  is_back: boolean;
  /** What keeps it from coming back; null where it does. */
  obstacle: Obstacle | (null | null);
  /** Cash less what live orders reserve of it, and less what leaves. */
  cash_before: number;
  /** The same after the trades. */
  cash_after: number;
  /** Half of what it buys and sells, in money. */
  turnover: number;
  /** What its trades cost. */
  cost: number;
  /** Whether and why it comes back, in one sentence. */
  explanation: string;
  /** Class by class. */
  classes: ProposedClass[];
};
export type LeftOutReason =
  | "DATA_MISSING"
  | "NO_TARGETS"
  | "NOT_TRADABLE"
  | "TIME_LIMIT"
  | "TOO_MANY"
  | "TOO_SMALL";
export type NotProposed = {
  /** The bond or account. */
  id: string;
  /** Why, for programs. */
  code: LeftOutReason;
  /** Why, in words. */
  message: string;
};
export type ProposalOutcome = {
  /** Groups that its orders are split over. */
  portfolio_groups: string[];
  /** What was reached and proved, in order of importance. */
  stages: ProposalStage[];
  /** Block orders, sales first. */
  orders: ProposedOrder[];
  /** Accounts before and after. */
  accounts: ProposedAccount[];
  /** Bonds and accounts that take no part, with why. */
  left_out: NotProposed[];
  /** When positions were asked for. */
  data_as_of: string;
  /** Oldest date of the positions. */
  reference_date: string | null;
};
export type Proposal = {
  /** Id of the proposal. */
  proposal_id: string;
  /** When it was made. */
  created_at: string;
  /** Who asked for it. */
  created_by: string;
  /** What was asked for. */
  request: ProposalAsked;
  /** OPTIMAL: proved. TIME_LIMIT: the stages say what may be missing. INFEASIBLE: not all accounts can come back; the trades are the nearest. */
  status: ProposalStatus;
  /** Accounts within their bands afterwards. */
  accounts_back: number;
  /** Accounts with targets. */
  account_count: number;
  /** Block orders. */
  order_count: number;
  /** Id of the blotter that was made of it; null where none was. */
  blotter_id: string | null;
  /** What it came to. */
  outcome: ProposalOutcome;
};
export type ProposalRequest = {
  /** Whose trades. */
  scope: ProposalScope;
  /** Id of the account or group. */
  scope_id: string;
  /** full: into the bands, then as near to the targets as single trades come. to_band: into the bands. buy_only: the same by spending cash, nothing is sold. cash_raise: sales until amount can leave. "to_band" when left out. */
  mode?: ProposalMode;
  /** With cash_raise alone: cash that has to be there to leave, over all accounts, shared by NAV. */
  amount?: number | null;
  /** Least money of a trade of an account. 0 when left out. */
  minimum_trade?: number;
  /** Most of half of what an account buys and sells, in percent of its NAV. */
  maximum_turnover_percent?: number | null;
  /** Most that all trades cost, in money, shared by NAV; needs cost_per_100. */
  maximum_cost?: number | null;
  /** Cost of a trade per 100 of face. 0 when left out. */
  cost_per_100?: number;
  /** Bonds to trade. held: those that the accounts hold, or that their targets of securities name. buy_list: held ones are sold, those of security_ids bought. one: the bond of security_ids alone. "held" when left out. */
  candidates?: CandidateSource;
  /** CUSIPs or ISINs, with buy_list and one. */
  security_ids?: string[];
  /** Seconds for all of it, reading of bonds included; then the best that was found is the answer. 5 when left out. */
  time_limit_seconds?: number;
};
export type ProposalBlotter = {
  /** Make it although another proposal of the same account or group has become a blotter on this business date: both trade. false when left out. */
  in_addition?: boolean;
};
export type ReallocationStatus =
  "NOT_NEEDED" | "MATCHED" | "PARTIAL" | "FAILED";
export type ReallocationOutput =
  "CURRENT_PORTFOLIO" | "REALLOCATION_PLAN" | "FAILED_REPORT";
export type ReallocationHead = {
  /** Id of the reallocation, a UUID. */
  reallocation_id: string;
  /** When it was evaluated. */
  timestamp: string;
  /** Who asked for it. */
  created_by: string;
  /** NOT_NEEDED: every asset is within the threshold. MATCHED: the plan reaches the target. PARTIAL: it reaches a part, or is not known to reach more. FAILED: nothing of it. The reasons say why. */
  status: ReallocationStatus;
  /** Which of the three: the plan, the current portfolio, or the report of a failure. */
  output: ReallocationOutput;
  /** Id of the blotter that was made of it; null where none was. */
  blotter_id: string | null;
};
export type ReallocationPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Reallocations, newest first. */
  reallocations: ReallocationHead[];
};
export type ReallocationReason =
  | "INSUFFICIENT_LIQUIDITY"
  | "LIQUIDITY_UNKNOWN"
  | "LIQUIDITY_SERVICE_UNAVAILABLE"
  | "BELOW_MINIMUM_TRADE"
  | "MARKET_IMPACT_UNKNOWN"
  | "RISK_UNKNOWN";
export type ReallocationGrounds = {
  /** For programs. */
  code: ReallocationReason;
  /** In words. */
  message: string;
  /** Assets that it is about. */
  assets: string[];
};
export type ReallocationHolding = {
  /** Asset. */
  asset: string;
  /** Part of the total value. */
  weight: number;
  /** Value in money. */
  value: number;
};
export type ReallocationPortfolio = {
  /** Value of all assets. */
  total_value: number;
  /** Its assets. */
  holdings: ReallocationHolding[];
};
export type AssetUtilization = {
  /** Asset. */
  asset: string;
  /** Current over target; 0 where both are 0, null where it is to be sold. */
  utilization: number | null;
  /** Distance of current and target, as a part of the larger. */
  difference: number;
  /** Whether it is further from 1 than the threshold. */
  is_out: boolean;
};
export type UtilizationState = {
  /** Mean of all assets, weighted by target value; null without a target. */
  overall: number | null;
  /** Largest distance from 1; null without a target. */
  worst: number | null;
  /** By asset. */
  by_asset: AssetUtilization[];
};
export type UtilizationMetrics = {
  /** Before it. */
  pre_reallocation: UtilizationState;
  /** After it. */
  post_reallocation: UtilizationState;
};
export type ReallocationTrade = {
  /** Asset. */
  asset: string;
  /** BUY or SELL. */
  side: Side;
  /** Money to be traded. */
  amount: number;
  /** Money that the target asks for. */
  wanted: number;
};
export type LiquiditySource =
  "GIVEN" | "SERVICE" | "VOLUME" | "ASSUMED" | "UNKNOWN";
export type AssetLiquidity = {
  /** Asset. */
  asset: string;
  /** Who says so: the request, the service, or the average volume. */
  source: LiquiditySource;
  /** Money that can be traded; null where it is assumed or unknown. */
  available: number | null;
};
export type LiquidityMetrics = {
  /** Whether nothing is missing to the target. */
  fully_matched: boolean;
  /** Cost of the trades by their impact, in money; null if unknown. */
  estimated_market_impact: number | null;
  /** Money traded, sales and purchases. */
  total_reallocation_amount: number;
  /** Money missing, sales and purchases. */
  liquidity_shortfall: number;
  /** By asset; empty where nothing is needed. */
  by_asset: AssetLiquidity[];
};
export type ReallocationRisk = {
  /** Standard deviation of the portfolio as it is. */
  current_volatility: number | null;
  /** Of the target. */
  target_volatility: number | null;
  /** Sharpe ratio of the portfolio as it is. */
  current_sharpe: number | null;
  /** Of the target. */
  target_sharpe: number | null;
  /** Of the portfolio after the plan against the target. */
  expected_tracking_error: number | null;
};
export type DirectionChanges = {
  /** Assets that are bought. */
  increased: number;
  /** Assets that are sold. */
  decreased: number;
};
export type ReallocationSummary = {
  /** Assets that are traded. */
  total_assets_adjusted: number;
  /** In which direction. */
  direction_changes: DirectionChanges;
  /** The largest trades, largest first. */
  largest_adjustments: ReallocationTrade[];
};
export type VaultCode =
  | "ASSET_COUNT_EXCEEDED"
  | "MIN_ALLOCATION_VIOLATED"
  | "MAX_ALLOCATION_VIOLATED"
  | "DAILY_CHANGE_EXCEEDED"
  | "TOTAL_ALLOCATION_INVALID"
  | "MAX_TRANSACTION_VALUE_EXCEEDED"
  | "INSUFFICIENT_LIQUIDITY"
  | "DUPLICATE_REALLOCATION";
export type VaultSeverity = "VIOLATION" | "WARNING";
export type VaultFinding = {
  /** Which one. */
  code: VaultCode;
  /** Whether it is violated. */
  severity: VaultSeverity;
  /** In words. */
  message: string;
  /** Asset; null for the whole. */
  asset: string | null;
  /** What is compared: percent, points, assets or money; null if unknown. */
  value: number | null;
  /** What it is compared with. */
  limit: number;
};
export type VaultReport = {
  /** Whether none is violated. */
  allowed: boolean;
  /** All at once. */
  findings: VaultFinding[];
};
export type LiquidityAnswer = {
  /** When it was asked. */
  asked_at: string;
  /** Of what. */
  assets: string[];
  /** HTTP status; null without. */
  status: number | null;
  /** Its answer as it came; null without. */
  body: string | null;
  /** Why it is of no use; null where it is. */
  fault: string | null;
};
export type Reallocation = {
  /** Id of the reallocation, a UUID. */
  reallocation_id: string;
  /** When it was evaluated. */
  timestamp: string;
  /** Who asked for it. */
  created_by: string;
  /** NOT_NEEDED: every asset is within the threshold. MATCHED: the plan reaches the target. PARTIAL: it reaches a part, or is not known to reach more. FAILED: nothing of it. The reasons say why. */
  status: ReallocationStatus;
  /** Which of the three: the plan, the current portfolio, or the report of a failure. */
  output: ReallocationOutput;
  /** Id of the blotter that was made of it; null where none was. */
  blotter_id: string | null;
  /** Why the plan is not matched, and which numbers are not known. */
  reasons: ReallocationGrounds[];
  /** As it is. */
  current_portfolio: ReallocationPortfolio;
  /** As it is to be. */
  target_portfolio: ReallocationPortfolio;
  /** Current over target. */
  utilization_metrics: UtilizationMetrics;
  /** The plan, sales first: purchases are sales and the cash used, to the cent. */
  trades: ReallocationTrade[];
  /** Of the free cash. */
  cash_used: number;
  /** What is left of it. */
  cash_after: number;
  /** Liquidity. */
  liquidity_metrics: LiquidityMetrics;
  /** Risk before and after. */
  risk_metrics: ReallocationRisk;
  /** What the plan moves. */
  reallocation_summary: ReallocationSummary;
  /** Limits of the vault; null where they were not asked for. */
  vault: VaultReport | (null | null);
  /** What the liquidity service said; null where it was not asked. */
  service_answer: LiquidityAnswer | (null | null);
};
export type TargetObjective = "MinRisk" | "Sharpe";
export type ReallocationRequest = {
  /** First day, by default the first there is. */
  start_date?: string | null;
  /** Last day, by default the last there is. */
  end_date?: string | null;
  /** A week's or a month's price is its last one. "daily" when left out. */
  frequency?: SeriesFrequency;
  /** forward: days on which only other assets have a price get the last one. "none" when left out. */
  fill?: FillMethod;
  /** What arrived later is left out, so that an earlier answer can be repeated; by default now. */
  known_at?: string | null;
  /** Value held of each asset, in money. */
  current: {
    [key: string]: number;
  };
  /** Target value of each asset; they add up to what is held and `cash`. */
  target?: {
    [key: string]: number;
  } | null;
  /** Or their weights as parts of 1, which add up to 1. */
  target_weights?: {
    [key: string]: number;
  } | null;
  /** Or a stored target set, whose classes are the assets. */
  target_set_id?: string | null;
  /** Or the weights of the assets held that are best by the days' returns, from 0 to 1. */
  target_objective?: TargetObjective | (null | null);
  /** Free cash that is to be invested, too. 0 when left out. */
  cash?: number;
  /** Distance of current over target from 1 that is left alone. 0.05 when left out. */
  threshold?: number;
  /** Least money of a trade. 0 when left out. */
  minimum_trade?: number;
  /** Part of the average daily volume that can be traded. 0.1 when left out. */
  participation?: number;
  /** Last days with prices that the volume is the average of. 20 when left out. */
  volume_days?: number;
  /** Money that can be traded of an asset, where that is known better than by volume. */
  liquidity?: {
    [key: string]: number;
  } | null;
  /** Take an asset of which nobody knows what can be traded as liquid; else none of it is. false when left out. */
  assume_liquid?: boolean;
  /** c of the market impact c x sigma x sqrt(q / ADV). 1.0 when left out. */
  impact_coefficient?: number;
  /** Check the limits of the vault, too; while one is violated, no blotter is made. false when left out. */
  vault_limits?: boolean;
  /** With vault_limits: weights at the start of the day, which its change counts from; else those held. */
  day_start_weights?: {
    [key: string]: number;
  } | null;
  /** Risk-free rate of a year, as a fraction. 0.0 when left out. */
  risk_free_rate?: number;
};
export type ReallocationBlotter = {
  /** Groups that each order is split over, by NAV. */
  portfolio_groups: string[];
  /** CUSIP or ISIN of the bond that each traded asset is traded in. */
  securities: {
    [key: string]: string;
  };
};
export type BandedClass = {
  /** The class. */
  key: string;
  /** Market value, accrued included. */
  current_value: number;
  /** The same in percent of NAV. */
  current_percent: number;
  /** What it should be, in percent. */
  target_percent: number;
  /** The same in money. */
  target_value: number;
  /** Current less target value, in money; negative when too little. */
  difference: number;
  /** The same in percentage points: the drift. */
  difference_percent: number;
  /** Drift in points that is left alone. */
  band: number;
  /** Whether the drift is more than the band. */
  is_out: boolean;
};
export type MetricDrift = {
  /** The metric. */
  metric: RiskMetric;
  /** What it is measured against. */
  relative_to: RelativeTo | (null | null);
  /** The metric of the book. */
  current: number | null;
  /** The metric of the benchmark. */
  benchmark: number | null;
  /** Target. */
  target: number;
  /** Current less benchmark, if any, less target. */
  difference: number | null;
  /** Distance that is left alone. */
  band: number;
  /** Whether the difference is more than the band. */
  is_out: boolean;
};
export type DriftSide = "OVER" | "UNDER";
export type Worst = {
  /** The class or metric. */
  key: string;
  /** Whether there is too much of it or too little. */
  side: DriftSide;
  /** Its drift, in points or of a metric in years. */
  difference: number;
  /** Drift that is left alone, in points or of metrics in years. */
  band: number;
  /** Drift in bands, without sign; null for a band of 0. */
  ratio: number | null;
  /** Whether it is out of its band. */
  is_out: boolean;
};
export type SetDrift = {
  /** Id of the target set. */
  target_set_id: string;
  /** Version of the set that is in force. */
  target_set_version: number;
  /** Whose targets they are: of an account or of a portfolio group. */
  scope: TargetScope;
  /** Id of the account or group. */
  scope_id: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** Classes in the order of the targets, then those without a target; none of METRIC. */
  classes: BandedClass[];
  /** Metrics in the order of the targets; of METRIC. */
  metrics: MetricDrift[];
  /** Sum of the absolute drifts, in points or of metrics in years; not halved. */
  total_drift: number;
  /** Whether any class or metric is out of its band. */
  needs_rebalancing: boolean;
  /** The largest drift in bands; null where none is known. */
  worst: Worst | (null | null);
  /** What to know about these numbers. */
  warnings: DriftWarning[];
};
export type BookDrift = {
  /** Date of the positions; null where unknown. */
  reference_date: string | null;
  /** Its age in business days; null where unknown. */
  reference_age_business_days: number | null;
  /** Whether that is stale; null where unknown. */
  stale: boolean | null;
  /** Account id; null of a group. */
  account_id: string | null;
  /** Account name; null of a group. */
  account_name: string | null;
  /** Net asset value, what shares are of; null where it cannot be measured. */
  nav: number | null;
  /** Currency of all money. */
  currency: string | null;
  /** Whether any class or metric is out of its band. */
  needs_rebalancing: boolean;
  /** Drift from each target set, one for each dimension; none without targets or a NAV. */
  drifts: SetDrift[];
  /** What to know about the positions. */
  warnings: DriftWarning[];
};
export type AccountDrift = {
  /** Basis of the positions; SOD+Trades+Orders counts today's trades and live orders. */
  as_of: PositionBasis;
  /** When it was measured, in UTC. */
  timestamp: string;
  /** The account. */
  account: BookDrift;
};
export type MetricDispersion = {
  /** The metric. */
  metric: TargetMetric;
  /** Population standard deviation, each account alike. */
  std_dev: number;
  /** Mean. */
  mean: number;
  /** Largest distance of an account from the mean. */
  max_deviation: number;
  /** Accounts that have the metric; others do not count. */
  accounts: number;
};
export type GroupDrift = {
  /** Group id. */
  group_id: string;
  /** Group name. */
  group_name: string;
  /** Basis of the positions; SOD+Trades+Orders counts today's trades and live orders. */
  as_of: PositionBasis;
  /** When it was measured, in UTC. */
  timestamp: string;
  /** Whether an account, or the group as one portfolio, is out of a band. */
  needs_rebalancing: boolean;
  /** Its accounts by id, each against its own targets, else those of the group. */
  accounts: BookDrift[];
  /** All accounts as one portfolio, against the targets of the group. */
  whole: BookDrift;
  /** How far the accounts are from each other. */
  dispersion: MetricDispersion[];
};
export type Standing = {
  /** Date of the positions; null where unknown. */
  reference_date: string | null;
  /** Its age in business days; null where unknown. */
  reference_age_business_days: number | null;
  /** Whether that is stale; null where unknown. */
  stale: boolean | null;
  /** Account id. */
  account_id: string;
  /** Account name. */
  account_name: string;
  /** The groups that it is under, as far as you may see them. */
  portfolio_groups: string[];
  /** Net asset value; null where Aladdin has none. */
  nav: number | null;
  /** Id of the target set. */
  target_set_id: string;
  /** Version of the set that is in force. */
  target_set_version: number;
  /** Whose targets they are: of an account or of a portfolio group. */
  scope: TargetScope;
  /** Id of the account or group. */
  scope_id: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** Sum of the absolute drifts, in points or of metrics in years; not halved. Null where it cannot be measured. */
  total_drift: number | null;
  /** Whether any class or metric is out of its band. */
  needs_rebalancing: boolean;
  /** The largest drift in bands; null where none is known. */
  worst: Worst | (null | null);
  /** What to know about the numbers; the account says more. */
  warnings: DriftWarningType[];
};
export type StandingPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The accounts. */
  accounts: Standing[];
};
export type AskedCheck = {
  /** Id of the job, and of the check. */
  job_id: string;
};
export type CheckKind = "DAILY" | "WEEKLY" | "REQUESTED";
export type DriftLine = {
  /** Id of the check: the business date of a scheduled one, else the id of the job. */
  check_id: string;
  /** DAILY or WEEKLY of a scheduled check, REQUESTED of one that a user asked for. */
  kind: CheckKind;
  /** Business date of the check. */
  business_date: string;
  /** When it was measured, in UTC. */
  taken_at: string;
  /** Date of the positions; null where unknown. */
  reference_date: string | null;
  /** Whose targets they are: of an account or of a portfolio group. */
  scope: TargetScope;
  /** Id of the account or group. */
  scope_id: string;
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** The class or metric. */
  class_key: string;
  /** Percent of NAV, or of a metric years; null where unknown. */
  current: number | null;
  /** Metric of the benchmark; null where there is none. */
  benchmark: number | null;
  /** Target, in the same unit. */
  target: number;
  /** Drift that is left alone. */
  band: number;
  /** Current less benchmark, if any, less target: the drift. */
  difference: number | null;
  /** Whether the drift is more than the band. */
  is_out: boolean;
  /** Market value of the class; null of a metric. */
  value: number | null;
  /** Net asset value. */
  nav: number;
  /** Currency of money. */
  currency: string | null;
  /** Id of the target set. */
  target_set_id: string;
  /** Its version that was in force. */
  target_set_version: number;
};
export type DriftLinePage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** Classes and metrics. */
  lines: DriftLine[];
};
export type DriftSnapshot = {
  /** Id of the check: the business date of a scheduled one, else the id of the job. */
  check_id: string;
  /** DAILY or WEEKLY of a scheduled check, REQUESTED of one that a user asked for. */
  kind: CheckKind;
  /** Business date of the check. */
  business_date: string;
  /** When it was taken, in UTC. */
  taken_at: string;
  /** Date of the positions; null where unknown. */
  reference_date: string | null;
  /** Net asset value. */
  nav: number;
  /** Currency of money. */
  currency: string | null;
};
export type Causes = {
  /** Prices with accrued interest, on the face that was held at the start. */
  market: number;
  /** Changes of face, at the value of a unit at the end; of cash the contrary. */
  trades: number;
  /** What neither explains: money that came and went, coupons, fees. */
  flows: number;
  /** Positions that went from one class to another. */
  reclassified: number;
  /** Positions without a value or face at one of both times. */
  rest: number;
};
export type ClassAttribution = {
  /** The class. */
  key: string;
  /** Market value at the start. */
  value_before: number;
  /** Market value at the end. */
  value_after: number;
  /** Drift at the start, in points. */
  drift_before: number;
  /** Drift at the end, in points. */
  drift_after: number;
  /** Causes of the change of value, to the cent. */
  money: Causes;
  /** Causes of the change of drift, in points, but for that of targets. */
  points: Causes;
  /** Points that a change of the target moved the drift by. */
  targets: number;
  /** Contribution to the return of the account, in points. */
  contribution: number;
  /** Return of the class, in percent of its value at the start; null of one without. */
  class_return: number | null;
};
export type DimensionAttribution = {
  /** What the targets are about: shares of NAV in percent, or for METRIC years. */
  dimension: TargetDimension;
  /** Money that prices with accrued interest made. */
  market: number;
  /** Change of NAV that prices do not explain. */
  flows: number;
  /** Return of the account by prices, in percent: the sum of the contributions. */
  account_return: number;
  /** The classes. */
  classes: ClassAttribution[];
};
export type Attribution = {
  /** The account. */
  account_id: string;
  /** The snapshot at the start. */
  first: DriftSnapshot;
  /** The snapshot at the end. */
  last: DriftSnapshot;
  /** Each dimension in which both snapshots have targets. */
  dimensions: DimensionAttribution[];
};
export type EntitlementWeights = "NAV" | "EQUAL" | "STATED";
export type LedgerScope = "GROUP" | "SECTOR";
export type Carry = "YEARLY_RESET" | "HALF_LIFE";
export type FairnessPolicy = {
  /** Its id, which previews name. */
  policy_id: string;
  /** Its number, from 1; 0 is built in, and in force before the desk states its own. */
  version: number;
  /** What previews use whose request does not say. */
  mode: FairnessMode;
  /** What entitlements are in proportion to: NAV, EQUAL parts, or STATED weights. */
  weights: EntitlementWeights;
  /** Weights by account id, with weights STATED. */
  stated_weights: {
    [key: string]: number;
  };
  /** What has a ledger of its own. GROUP: each set of portfolio groups. SECTOR: each sector within one. */
  scope: LedgerScope;
  /** How balances are carried to later dates. YEARLY_RESET: to zero with the first order of a calendar year. HALF_LIFE: halved in half_life_days. */
  carry: Carry;
  /** Days in which a balance halves; null without a half-life. */
  half_life_days: number | null;
  /** How much fairness counts against dispersion; null where the method chooses it. */
  fairness_weight: number | null;
  /** The policy in words. */
  statement: string;
  /** When it was stated, in UTC; null of version 0. */
  created_at: string | null;
  /** Who stated it; null of version 0. */
  created_by: string | null;
};
export type PutPolicy = {
  /** Version in force as you read it: when another is, the answer is 409. */
  version: number;
  /** What previews use whose request does not say. "PER_ORDER" when left out. */
  mode?: FairnessMode;
  /** What entitlements are in proportion to: NAV, EQUAL parts, or STATED weights. "NAV" when left out. */
  weights?: EntitlementWeights;
  /** With weights STATED, and only there: an account without one is not eligible. */
  stated_weights?: {
    [key: string]: number;
  };
  /** What has a ledger of its own. GROUP: each set of portfolio groups. SECTOR: each sector within one. "GROUP" when left out. */
  scope?: LedgerScope;
  /** How balances are carried to later dates. YEARLY_RESET: to zero with the first order of a calendar year. HALF_LIFE: halved in half_life_days. "YEARLY_RESET" when left out. */
  carry?: Carry;
  /** With carry HALF_LIFE, and only there: days in which a balance halves. */
  half_life_days?: number | null;
  /** MIN_DISPERSION with LEDGER: how much fairness counts against dispersion; null lets the method choose it. */
  fairness_weight?: number | null;
  /** The policy in words, for an examiner. */
  statement: string;
};
export type FairnessPolicyPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The versions. */
  policies: FairnessPolicy[];
};
export type JobState =
  | "PENDING"
  | "RUNNING"
  | "ABORTING"
  | "SUCCEEDED"
  | "FAILED"
  | "ABORTED"
  | "TIMED_OUT";
export type JobErrorCode =
  | "JOB_CANCELLED"
  | "JOB_TIMED_OUT"
  | "JOB_WORKER_LOST"
  | "JOB_REFUSED"
  | "JOB_FAILED";
export type JobError = {
  /** JOB_CANCELLED by a user, JOB_TIMED_OUT after the time of its kind, JOB_WORKER_LOST where its workers ended without an answer, JOB_REFUSED where it cannot be done as it was asked for, JOB_FAILED where something failed on our side or at Aladdin. */
  code: JobErrorCode;
  /** What happened, for people. */
  reason: string;
};
export type Job = {
  /** Its id. */
  job_id: string;
  /** What is done, as room and work. */
  kind: string;
  /** PENDING waits for a worker, RUNNING has one, ABORTING was cancelled and its worker has not yet stopped; SUCCEEDED, FAILED, ABORTED and TIMED_OUT are final. */
  state: JobState;
  /** Counts the changes of what is shown here. */
  version: number;
  /** Who asked for it. */
  username: string;
  /** When it was asked for, in UTC. */
  created_at: string;
  /** When a worker may begin with it, or with its next attempt, in UTC. */
  due_at: string;
  /** When a worker first began with it, in UTC. */
  started_at: string | null;
  /** When it was over, in UTC. */
  ended_at: string | null;
  /** When it ends if its other lines take as long as those that are done, in UTC. */
  expected_end_at: string | null;
  /** Lines that are done; each is done once. */
  done: number;
  /** Lines in all; null if not known. */
  total: number | null;
  /** What is being done. */
  phase: string | null;
  /** Workers that began with it and did not leave it to others in order, from that of its last line. */
  attempts: number;
  /** Attempts without a line in between after which it has FAILED. */
  max_attempts: number;
  /** Path of the result; null if there is none. */
  result: string | null;
  /** Why it failed or was ended; before its end, why its last attempt failed. */
  error: JobError | (null | null);
};
export type JobPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The jobs. */
  jobs: Job[];
};
export type HistoryLine = {
  /** The allocation. */
  allocation_id: string;
  /** The date of its preview in the desk's time zone. */
  business_date: string;
  /** When it was previewed, in UTC. */
  created_at: string;
  /** When it was committed, in UTC. */
  committed_at: string | null;
  /** The account. */
  account_id: string;
  /** Its name; null where that is unknown. */
  account_name: string | null;
  /** The bond. */
  security_id: string;
  /** Its short description; null where that is unknown. */
  security_description: string | null;
  /** Which way. */
  side: Side;
  /** How it was split. */
  method: AllocationMethod;
  /** State of the allocation. */
  status: AllocationStatus;
  /** Face that the preview gave it. */
  allocated_quantity: number;
  /** Face of its slice of the order now, after every change; 0 where it has none, null without an order. */
  ordered_quantity: number | null;
  /** Face filled; 0 where nothing is filled, null without an order or where that is unknown. */
  filled_quantity: number | null;
  /** Face that Aladdin was last seen to have booked for it; null where it did not say. */
  booked_quantity: number | null;
  /** Average clean price of its fills. */
  average_price: number | null;
  /** Clean value of its fills, in the bond's currency. */
  principal: number | null;
  /** Aladdin's id of the block order. */
  order_id: string | null;
  /** Aladdin's word for the order's state; null without an order. */
  order_status: string | null;
  /** Whether fills are final: OF_RECORD, as Aladdin has booked them. While DIFFERENT they are null. Null without an order. */
  allocation_state: AllocationState | (null | null);
  /** Why it got nothing, where it did not. */
  reason_code: ReasonCode | (null | null);
  /** Who asked for it. */
  created_by: string;
};
export type HistoryLinePage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The lines. */
  lines: HistoryLine[];
};
export type AccountFairness = {
  /** The account. */
  account_id: string;
  /** Its name; null where that is unknown. */
  account_name: string | null;
  /** Allocations in which it got or could have taken something. */
  allocations: number;
  /** Of its lines, those without entitlement: its weight or what it could take was not kept. */
  not_comparable: number;
  /** Face of its slices of the orders, after every change of them. */
  asked_quantity: number;
  /** Face filled for it. */
  filled_quantity: number;
  /** Sum over the comparable allocations of the face filled for all x its weight / that of all accounts that could have taken something: by the fairness policy, NAV before the ledger. */
  entitled_quantity: number | null;
  /** filled_quantity / asked_quantity, a fraction. */
  fill_ratio: number | null;
  /** Face filled for all accounts, in `allocations`. */
  total_quantity: number;
  /** filled_quantity / total_quantity, a fraction. */
  share: number | null;
  /** Face filled for it where comparable. */
  comparable_quantity: number;
  /** Face filled for all in those allocations. */
  comparable_total: number;
  /** entitled_quantity / comparable_total. */
  pro_rata_share: number | null;
  /** comparable_quantity / entitled_quantity, a fraction. */
  entitlement_ratio: number | null;
  /** comparable_quantity - entitled_quantity, in face. */
  difference_quantity: number | null;
  /** difference_quantity / comparable_total, in percentage points. */
  difference_percentage_points: number | null;
  /** Average clean price of its fills, by face. */
  average_price: number | null;
  /** Average price of the blocks that it took part in, by its filled face. */
  block_average_price: number | null;
  /** average_price - block_average_price, per 100 of face. */
  price_difference: number | null;
  /** price_difference in basis points of the block's price. */
  price_difference_bp: number | null;
  /** Of its filled allocations, those with a first-day gain. */
  gained: number;
  /** Of its filled allocations, those with a first-day price. */
  gain_known: number;
  /** Those without one. */
  gain_unknown: number;
  /** gained / gain_known. */
  gain_rate: number | null;
  /** How likely a record at least as one-sided would be, had its allocations been drawn at random from all of the period (hypergeometric, two-sided). Of many accounts some are low by chance. */
  gain_p_value: number | null;
};
export type Fairness = {
  /** First business date. */
  date_from: string;
  /** Last business date. */
  date_to: string;
  /** The desk's time zone, in which its dates begin and end. */
  time_zone: string;
  /** Allocations of whose order something was filled. */
  allocations: number;
  /** Of these, those whose fills may change: the order works, or is not seen booked yet. */
  provisional: number;
  /** Left out: nothing of the order was filled. */
  not_filled: number;
  /** Left out: it is not known what was filled for the accounts, or Aladdin has booked otherwise. */
  not_known: number;
  /** Of `allocations`, those without entitlements. */
  not_comparable: number;
  /** Face of the orders, after every change of them. */
  asked_quantity: number;
  /** Face that was filled in all. */
  filled_quantity: number;
  /** Filled allocations with a first-day gain. */
  gained: number;
  /** Filled allocations with a first-day price. */
  gain_known: number;
  /** Those without one. */
  gain_unknown: number;
  /** gained / gain_known. */
  gain_rate: number | null;
  /** By account id. */
  accounts: AccountFairness[];
};
export type Peak = {
  /** Its size in face, never negative. */
  quantity: number;
  /** Its size in minimum pieces of the order after which it stood. */
  pieces: number;
  /** The scope of its ledger. */
  scope: string | null;
  /** The side of its ledger. */
  side: Side | (null | null);
  /** The account. */
  account_id: string | null;
  /** Business date of the order. */
  business_date: string | null;
  /** The order. */
  order_id: string | null;
};
export type PolicyVersion = {
  /** Its id. */
  policy_id: string;
  /** Its number. */
  version: number;
};
export type LedgerTotals = {
  /** Its scope: the set of groups that orders were asked for. */
  scope: string;
  /** Its side. */
  side: Side;
  /** Its orders in the period. */
  orders: number;
  /** Face entitled to, all accounts. */
  entitled_quantity: number;
  /** Face received, all accounts. */
  received_quantity: number;
  /** Sum of its balances at the end: 0, shown as a check. */
  balance_sum: number;
  /** Greatest balance of an account after any order, by face. */
  greatest_quantity: Peak;
  /** The same by minimum pieces of that order. */
  greatest_pieces: Peak;
};
export type LeftOut = {
  /** Why; null where the policy alone gives it no weight. */
  reason_code: ReasonCode | (null | null);
  /** How many. */
  orders: number;
};
export type NamedExclusion = {
  /** The order. */
  order_id: string;
  /** Its business date. */
  business_date: string;
  /** The reason that the request gave. */
  reason: string;
};
export type AccountLedger = {
  /** The account. */
  account_id: string;
  /** Its name; null where that is unknown. */
  account_name: string | null;
  /** The scope of the ledger. */
  scope: string;
  /** The side of the ledger. */
  side: Side;
  /** Face that the policy entitled it to. */
  entitled_quantity: number;
  /** Face that it received: filled for it, while an order works its slice. */
  received_quantity: number;
  /** received_quantity / entitled_quantity; null where that is 0. */
  ratio: number | null;
  /** Owed at the beginning of the first day; negative: too much had. */
  balance_start: number;
  /** What resets and half-lives added in the period, so that the balances follow. */
  carried: number;
  /** Owed after the last order of the period. */
  balance_end: number;
  /** The most it was owed after an order. */
  greatest_shortfall: number;
  /** The same in minimum pieces of the order after which it stood. */
  greatest_shortfall_pieces: number;
  /** Business date of that order; null where it was never owed anything. */
  greatest_shortfall_date: string | null;
  /** That order. */
  greatest_shortfall_order_id: string | null;
  /** The most it had had too much after an order, not negative. */
  greatest_excess: number;
  /** The same in minimum pieces of the order after which it stood. */
  greatest_excess_pieces: number;
  /** Business date of that order; null where it never had too much. */
  greatest_excess_date: string | null;
  /** That order. */
  greatest_excess_order_id: string | null;
  /** Orders of which it could have taken a part. */
  orders_eligible: number;
  /** Of these, those that gave it nothing. */
  orders_with_nothing: number;
  /** Orders that left it out before the split. */
  orders_not_eligible: number;
  /** These by reason, most first. */
  not_eligible: LeftOut[];
  /** Those whose request excluded it by name. */
  excluded: NamedExclusion[];
};
export type LedgerReport = {
  /** First business date. */
  date_from: string;
  /** Last business date. */
  date_to: string;
  /** The desk's time zone, whose dates these are. */
  time_zone: string;
  /** Orders that gave accounts something. */
  orders: number;
  /** Of these, those whose fills may change: until then their balances are provisional. */
  provisional: number;
  /** Left out: the order ended without a fill. */
  not_filled: number;
  /** Left out: the order is older than the ledger. */
  before_ledger: number;
  /** Greatest balance of any account after any order, by face. */
  greatest_quantity: Peak;
  /** The same by minimum pieces of that order. */
  greatest_pieces: Peak;
  /** Sum of all balances at the end: 0, shown as a check. */
  balance_sum: number;
  /** Policies that the orders were made by. */
  policies: PolicyVersion[];
  /** By scope and side. */
  ledgers: LedgerTotals[];
  /** By scope, side and account id. */
  accounts: AccountLedger[];
  /** Stored balances of today that are not the sums of their entries; empty where all are. */
  breaks: Break[];
};
export type NotRecomputed = {
  /** The order. */
  order_id: string;
  /** Its allocation. */
  allocation_id: string;
  /** Its business date. */
  business_date: string;
  /** Why not. */
  reason: string;
};
export type ReplayTotals = {
  /** Accounts that were entitled to something and got nothing all period. */
  accounts_with_nothing: number;
  /** Greatest balance of an account after any order, by face. */
  greatest_quantity: Peak;
  /** The same by minimum pieces of that order. */
  greatest_pieces: Peak;
};
export type AccountReplay = {
  /** The account. */
  account_id: string;
  /** Its name; null where that is unknown. */
  account_name: string | null;
  /** The scope of the ledger. */
  scope: string;
  /** The side of the ledger. */
  side: Side;
  /** Face that it was entitled to. */
  entitled_quantity: number;
  /** Face that it received. */
  recorded_received: number;
  /** The same over what it was entitled to. */
  recorded_ratio: number | null;
  /** Owed after its ledger's last order. */
  recorded_balance: number;
  /** Face that it would have received by the rule. */
  replayed_received: number;
  /** The same over what it was entitled to. */
  replayed_ratio: number | null;
  /** Owed after the last order, by the rule. */
  replayed_balance: number;
};
export type LedgerReplay = {
  /** First business date. */
  date_from: string;
  /** Last business date. */
  date_to: string;
  /** The desk's time zone, whose dates these are. */
  time_zone: string;
  /** The rule that orders were split by again. */
  rule: FairnessMode;
  /** The fairness weight that was asked for; null without. */
  fairness_weight: number | null;
  /** Orders that gave accounts something. */
  orders: number;
  /** Of these, those that were split again. */
  recomputed: number;
  /** Of these, those by stated weights or a base of their own, which no rule moves. */
  kept: number;
  /** Left out: the order is older than the ledger. */
  before_ledger: number;
  /** Of `orders`, those that the rule cannot split. */
  not_recomputed: NotRecomputed[];
  /** As recorded. */
  recorded: ReplayTotals;
  /** By the rule. */
  replayed: ReplayTotals;
  /** The difference in one sentence. */
  message: string;
  /** By scope, side and account id. */
  accounts: AccountReplay[];
};
export type RuleName =
  | "DRIFT"
  | "NEEDS_REBALANCING"
  | "COMMIT_REFUSED"
  | "ORDER_UNKNOWN"
  | "CHAIN_BROKEN"
  | "VENDOR_STALE"
  | "LEDGER_ABOVE_BOUND"
  | "TRADING_STOPPED"
  | "JOB_FAILED";
export type Severity = "INFO" | "WARNING" | "CRITICAL" | "EMERGENCY";
export type AlertState = "OPEN" | "ACKNOWLEDGED" | "RESOLVED";
export type Alert = {
  /** Its id. */
  alert_id: string;
  /** DRIFT: a class of a portfolio is out of its band. NEEDS_REBALANCING: a portfolio has such a class. COMMIT_REFUSED: a commit was refused before anything was sent. ORDER_UNKNOWN: Aladdin may have an order. CHAIN_BROKEN: the audit trail does not verify. VENDOR_STALE: positions are old. LEDGER_ABOVE_BOUND: an account's fairness balance is too large. TRADING_STOPPED: no order leaves. JOB_FAILED: a job failed. */
  rule: RuleName;
  /** What it is about: an id, or a word. */
  subject: string;
  /** What is wrong, in words. */
  text: string;
  /** Page of the workbench about it; null if there is none. */
  link: string | null;
  /** Portfolio groups that it is about; none of the whole desk. */
  groups: string[];
  /** How bad it is; EMERGENCY breaks through quiet hours and digests. */
  severity: Severity;
  /** OPEN until somebody acknowledges it, RESOLVED as soon as its finding is gone. */
  state: AlertState;
  /** When it was first found, in UTC. */
  opened_at: string;
  /** When it was last found, in UTC; up to a minute behind. */
  last_seen_at: string;
  /** How often the finding began; more than once where it came back in its cooldown. */
  count: number;
  /** When it becomes CRITICAL unless it is acknowledged, in UTC; null if it does not. */
  escalates_at: string | null;
  /** When it was acknowledged, in UTC. */
  acknowledged_at: string | null;
  /** Who acknowledged it. */
  acknowledged_by: string | null;
  /** What was said to it. */
  note: string | null;
  /** When its finding was gone, in UTC. */
  resolved_at: string | null;
  /** Counts its changes. */
  version: number;
  /** Whether the user who asks has not read it since it was told. */
  unread: boolean;
};
export type AlertPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The alerts. */
  alerts: Alert[];
};
export type AlertCounts = {
  /** Of severity INFO. */
  info: number;
  /** Of severity WARNING. */
  warning: number;
  /** Of severity CRITICAL. */
  critical: number;
  /** Of severity EMERGENCY. */
  emergency: number;
  /** In state OPEN. */
  open: number;
  /** In state ACKNOWLEDGED. */
  acknowledged: number;
  /** That the user who asks has not read. */
  unread: number;
  /** When the last of the unread ones was told, in UTC, to say that they are read; or null. */
  told_until: string | null;
  /** When this was counted, in UTC. */
  as_of: string;
};
export type AlertsRead = {
  /** All that were told until then, as the count of alerts says it. */
  told_until: string;
};
export type EventKind =
  "OPENED" | "RAISED" | "ESCALATED" | "RETURNED" | "ACKNOWLEDGED" | "RESOLVED";
export type AlertEvent = {
  /** Its id. */
  event_id: string;
  /** When it was, in UTC. */
  at: string;
  /** OPENED, RAISED to a worse severity, ESCALATED since nobody acknowledged it, RETURNED within its cooldown, ACKNOWLEDGED, RESOLVED. */
  kind: EventKind;
  /** Its severity then. */
  severity: Severity;
  /** What it said then. */
  text: string;
  /** Who acknowledged it. */
  username: string | null;
  /** What was said to it. */
  note: string | null;
};
export type AlertWithHistory = {
  /** The alert. */
  alert: Alert;
  /** Its events, oldest first. */
  events: AlertEvent[];
};
export type AlertNote = {
  /** The version that was read: refused with a 409 where another one is stored. */
  version: number;
  /** What is being done. */
  note: string;
};
export type ChannelKind = "EMAIL" | "WEBHOOK";
export type Body = "JSON" | "CHAT" | "SMS";
export type Digest = "NONE" | "HOURLY" | "DAILY";
export type Channel = {
  /** Its id. */
  channel_id: string;
  /** Its name. */
  name: string;
  /** How it tells. */
  kind: ChannelKind;
  /** Address of a webhook, without its secret. */
  url: string | null;
  /** What a webhook is sent. */
  body: Body;
  /** Addresses or phone numbers. */
  recipients: string[];
  /** Name of its secret. */
  secret: string | null;
  /** The least that it tells of. */
  severity: Severity;
  /** Its rules; none is all. */
  rules: RuleName[];
  /** Its portfolio groups; none is all. */
  groups: string[];
  /** Begin of its quiet hours. */
  quiet_from: string | null;
  /** End of its quiet hours. */
  quiet_to: string | null;
  /** Whether it collects. */
  digest: Digest;
  /** Whether it tells of alerts. */
  enabled: boolean;
  /** Counts its changes. */
  version: number;
  /** When it was added, in UTC. */
  created_at: string;
  /** When it was last changed, in UTC. */
  updated_at: string;
  /** Who changed it last. */
  updated_by: string;
};
export type Channels = {
  /** The channels, by name. */
  channels: Channel[];
};
export type ChannelTerms = {
  /** Its name. */
  name: string;
  /** EMAIL through the desk's mail server, or WEBHOOK. */
  kind: ChannelKind;
  /** Address of a webhook: https, on a host that ALERT_WEBHOOK_HOSTS names. `{secret}` in it stands for the secret, for services whose address is one. */
  url?: string | null;
  /** What a webhook is sent: JSON for programs, CHAT in Slack's format, SMS for a provider of these. "JSON" when left out. */
  body?: Body;
  /** Addresses of mails, or phone numbers of SMS. */
  recipients?: string[];
  /** Name of the secret that signs what a webhook is sent: the end of a setting ALERT_WEBHOOK_SECRET_<name>. Nothing shows the secret. */
  secret?: string | null;
  /** The least severity that it tells of. "WARNING" when left out. */
  severity?: Severity;
  /** Rules that it tells of; none is all. DRIFT: a class of a portfolio is out of its band. NEEDS_REBALANCING: a portfolio has such a class. COMMIT_REFUSED: a commit was refused before anything was sent. ORDER_UNKNOWN: Aladdin may have an order. CHAIN_BROKEN: the audit trail does not verify. VENDOR_STALE: positions are old. LEDGER_ABOVE_BOUND: an account's fairness balance is too large. TRADING_STOPPED: no order leaves. JOB_FAILED: a job failed. */
  rules?: RuleName[];
  /** Portfolio groups whose alerts it tells; none is all. Those of the whole desk it tells besides. */
  groups?: string[];
  /** Begin of its quiet hours in the desk's time zone. */
  quiet_from?: string | null;
  /** Their end, when it tells what came meanwhile, in one message. */
  quiet_to?: string | null;
  /** NONE: at once. HOURLY, DAILY (08:00 of the desk): in one message. "NONE" when left out. */
  digest?: Digest;
  /** Whether it tells of alerts. true when left out. */
  enabled?: boolean;
};
export type PutChannel = {
  /** Its name. */
  name: string;
  /** EMAIL through the desk's mail server, or WEBHOOK. */
  kind: ChannelKind;
  /** Address of a webhook: https, on a host that ALERT_WEBHOOK_HOSTS names. `{secret}` in it stands for the secret, for services whose address is one. */
  url?: string | null;
  /** What a webhook is sent: JSON for programs, CHAT in Slack's format, SMS for a provider of these. "JSON" when left out. */
  body?: Body;
  /** Addresses of mails, or phone numbers of SMS. */
  recipients?: string[];
  /** Name of the secret that signs what a webhook is sent: the end of a setting ALERT_WEBHOOK_SECRET_<name>. Nothing shows the secret. */
  secret?: string | null;
  /** The least severity that it tells of. "WARNING" when left out. */
  severity?: Severity;
  /** Rules that it tells of; none is all. DRIFT: a class of a portfolio is out of its band. NEEDS_REBALANCING: a portfolio has such a class. COMMIT_REFUSED: a commit was refused before anything was sent. ORDER_UNKNOWN: Aladdin may have an order. CHAIN_BROKEN: the audit trail does not verify. VENDOR_STALE: positions are old. LEDGER_ABOVE_BOUND: an account's fairness balance is too large. TRADING_STOPPED: no order leaves. JOB_FAILED: a job failed. */
  rules?: RuleName[];
  /** Portfolio groups whose alerts it tells; none is all. Those of the whole desk it tells besides. */
  groups?: string[];
  /** Begin of its quiet hours in the desk's time zone. */
  quiet_from?: string | null;
  /** Their end, when it tells what came meanwhile, in one message. */
  quiet_to?: string | null;
  /** NONE: at once. HOURLY, DAILY (08:00 of the desk): in one message. "NONE" when left out. */
  digest?: Digest;
  /** Whether it tells of alerts. true when left out. */
  enabled?: boolean;
  /** The version that this replaces: refused with a 409 where another one is stored. */
  version: number;
};
export type DeletedChannel = {
  /** Id of the channel. */
  channel_id: string;
};
export type DeliveryError =
  | "UNREACHABLE"
  | "REFUSED"
  | "RECEIVER_FAILED"
  | "NOT_CONFIGURED"
  | "INTERRUPTED";
export type ChannelTest = {
  /** Id of the message that was sent. */
  message_id: string;
  /** Whether the receiver took it. */
  delivered: boolean;
  /** Why it was not delivered. */
  error_code: DeliveryError | (null | null);
  /** The same in words. */
  error_reason: string | null;
  /** How long it took. */
  seconds: number;
};
export type DeliveryState =
  "PENDING" | "SENDING" | "SENT" | "DEAD" | "CANCELLED";
export type Delivery = {
  /** Its id, the same over all attempts: in mails as Message-ID, of webhooks webhook-id. */
  delivery_id: string;
  /** Id of the channel. */
  channel_id: string;
  /** Name of the channel then. */
  channel_name: string;
  /** Whether it was collected by a digest or in quiet hours. */
  is_digest: boolean;
  /** PENDING until due_at, SENDING, SENT; DEAD was given up and can be sent again; CANCELLED has no channel any more. */
  state: DeliveryState;
  /** When it was entered, in UTC. */
  created_at: string;
  /** When it is sent, or tried again, in UTC. */
  due_at: string;
  /** Attempts until now. */
  attempts: number;
  /** When the receiver took it, in UTC. */
  sent_at: string | null;
  /** Why the last attempt failed. UNREACHABLE: no answer, or not in time. REFUSED: the receiver says no. RECEIVER_FAILED: it failed or is busy. NOT_CONFIGURED: the settings do not allow it. INTERRUPTED: our process ended meanwhile. */
  error_code: DeliveryError | (null | null);
  /** The same in words. */
  error_reason: string | null;
  /** Ids of the alerts that it tells of. */
  alert_ids: string[];
};
export type DeliveryPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The messages. */
  deliveries: Delivery[];
};
export type AuditAction =
  | "LOGIN"
  | "LOGIN_REFUSED"
  | "LOGIN_LOCKED"
  | "LOGIN_LOCK_ENDED"
  | "LOGOUT"
  | "USER_ADDED"
  | "USER_DISABLED"
  | "USER_ENABLED"
  | "USER_GRANTED"
  | "USER_REVOKED"
  | "USER_GROUPS_SET"
  | "USER_UNLOCKED"
  | "USER_SESSIONS_ENDED"
  | "PASSWORD_SET"
  | "PASSWORD_CHANGED"
  | "PASSWORD_CHANGE_REFUSED"
  | "SESSIONS_ENDED"
  | "REFRESH_TOKEN_REUSED"
  | "PREVIEW"
  | "PREVIEW_ERASED"
  | "COMPARE"
  | "COMPARISON_ERASED"
  | "JOINT_SPLIT_ERASED"
  | "COMPLIANCE_BYPASS"
  | "COMPLIANCE_BYPASS_REFUSED"
  | "COMMIT_INTENDED"
  | "COMMIT_RELEASED"
  | "COMMIT"
  | "COMMIT_REFUSED"
  | "COMMIT_RECOVERED"
  | "APPROVAL_REQUESTED"
  | "APPROVAL_WITHDRAWN"
  | "APPROVAL_REFUSED"
  | "COMMIT_APPROVED"
  | "COMMIT_REJECTED"
  | "SETTLEMENT_PROPOSED"
  | "SETTLEMENT_REJECTED"
  | "SETTLEMENT_REFUSED"
  | "COMMIT_SETTLED"
  | "MODIFY_INTENDED"
  | "MODIFY"
  | "MODIFY_REFUSED"
  | "CANCEL_INTENDED"
  | "CANCEL"
  | "CANCEL_REFUSED"
  | "ALLOCATION_CANCELLED"
  | "ORDER_RECORDED"
  | "ORDER_CHANGED"
  | "ORDER_UPDATED"
  | "FILL_RECORDED"
  | "FILL_UNALLOCATED"
  | "ALLOCATION_TAKEN_OVER"
  | "ALLOCATION_DIFFERENT"
  | "FIX_SENT"
  | "FIRST_DAY_PRICE"
  | "LIMITS_RECORDED"
  | "REFERENCE_LOADED"
  | "FAIRNESS_POLICY_SET"
  | "ALERT_ACKNOWLEDGED"
  | "ALERT_CHANNEL_SET"
  | "ALERT_CHANNEL_DELETED"
  | "ALERT_DELIVERY_RETRIED"
  | "TARGETS_STATED"
  | "TARGETS_ENDED"
  | "TARGETS_APPROVED"
  | "TARGETS_REJECTED"
  | "TARGETS_WITHDRAWN"
  | "PROPOSAL_MADE"
  | "PROPOSAL_BLOTTER_MADE"
  | "REALLOCATION_EVALUATED"
  | "REALLOCATION_BLOTTER_MADE"
  | "MARKET_DATA_IMPORTED"
  | "BACKTEST_DELETED"
  | "MONITOR_SET"
  | "RECALCULATION_REQUESTED"
  | "BROKER_ACCOUNT_CONNECTED"
  | "BROKER_ACCOUNT_DISCONNECTED"
  | "BROKER_ORDER_INTENDED"
  | "BROKER_ORDER_SETTLED"
  | "BROKER_ORDER_UPDATED"
  | "BROKER_CANCEL_INTENDED"
  | "EMERGENCY_STOP"
  | "EMERGENCY_STOP_RESET"
  | "EMERGENCY_STOP_RESET_REFUSED";
export type AuditEntityType =
  | "allocation"
  | "comparison"
  | "blotter"
  | "order"
  | "security"
  | "user"
  | "limits"
  | "reference"
  | "fairness_policy"
  | "alert"
  | "alert_channel"
  | "emergency_stop"
  | "target_set"
  | "proposal"
  | "reallocation"
  | "market_data"
  | "backtest"
  | "backtest_grid"
  | "monitor"
  | "broker_account"
  | "broker_order";
export type AuditRecord = {
  /** Id of the record. */
  audit_id: string;
  /** When, in UTC. */
  at: string;
  /** Who; null for an unknown user. */
  user_id: string | null;
  /** Who, by name. */
  username: string;
  /** What. */
  action: AuditAction;
  /** Kind of thing that it was done to. */
  entity_type: AuditEntityType;
  /** Id of that thing. */
  entity_id: string;
  /** The request in which it was done. */
  request_id: string;
  /** Source address of that request; null outside one. */
  address: string | null;
  /** State before; null if none. */
  before: {
    [key: string]: any;
  } | null;
  /** State after; null if none. */
  after: {
    [key: string]: any;
  } | null;
  /** Day of the chain in which it stands, in UTC. */
  day: string;
  /** Its place in that day, from 1. */
  sequence: number;
  /** Hash of the record before it; 64 zeros for the first one. */
  previous_hash: string;
  /** SHA-256 of hashed_text in UTF-8, 64 hexadecimal digits. */
  hash: string;
  /** The text that was hashed: all fields of the record, previous_hash included. */
  hashed_text: string;
};
export type AuditPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The records. */
  audit_records: AuditRecord[];
};
export type Anchor = {
  /** The last day, in UTC. */
  day: string;
  /** Place of its last record. */
  sequence: number;
  /** Hash of that record. */
  hash: string;
  /** All three, as the parameter `anchor` takes them. */
  text: string;
};
export type Verification = {
  /** Whether nothing is wrong. */
  whole: boolean;
  /** Records that were verified. */
  records: number;
  /** Days on which they stand. */
  days: number;
  /** Rows that were compared with the records. */
  rows: number;
  /** Rows among them of which no record speaks, for they are older. */
  rows_unrecorded: number;
  /** Time of the first of these records that has rows; null without one. */
  rows_since: string | null;
  /** End of the last day; null when there is no day. */
  anchor: Anchor | (null | null);
  /** Breaks that were found. */
  break_count: number;
  /** The breaks; the first 1,000 of them. */
  breaks: Break[];
};
export type Activity = {
  /** When it was answered, in UTC. */
  at: string;
  /** Who; null without a token that holds. */
  user_id: string | null;
  /** Who, by name. */
  username: string | null;
  /** HTTP method. */
  method: string;
  /** The route, without its values; unknown for none. */
  endpoint: string;
  /** HTTP status of the answer. */
  status: number;
  /** Milliseconds that it took. */
  duration_ms: number;
  /** The request's id. */
  request_id: string;
};
export type ActivityPage = {
  /** Cursor of the next page; null on the last page. */
  next_cursor: string | null;
  /** The requests. */
  activity: Activity[];
  /** Requests that the answering process did not keep since it began, because too many waited. */
  dropped: number;
};
export type UsageName =
  | "login"
  | "workbench"
  | "compare"
  | "orders"
  | "blotters"
  | "history"
  | "accounts"
  | "drift"
  | "optimise"
  | "market-data"
  | "backtest"
  | "risk"
  | "monitor"
  | "alerts"
  | "fairness"
  | "audit"
  | "approvals"
  | "admin"
  | "jobs"
  | "system"
  | "order-entry"
  | "allocation-method"
  | "preview"
  | "commit";
export type PageUse = {
  /** The page. */
  name: UsageName;
  /** How often it was shown. */
  count: number;
  /** To how many users. */
  users: number;
};
export type StepUse = {
  /** The step. */
  name: UsageName;
  /** How often it was done. */
  count: number;
  /** Half of the measured ones took no longer; null where none was measured. */
  median_seconds: number | null;
};
export type OrderTimes = {
  /** Orders that were committed. */
  count: number;
  /** Half of them took no longer; null where there is none. */
  median_seconds: number | null;
  /** Nine of ten took no longer; null where there is none. */
  p90_seconds: number | null;
};
export type Usage = {
  /** All pages. */
  pages: PageUse[];
  /** All steps of an order, in sequence. */
  steps: StepUse[];
  /** Orders from entry to commit. */
  order_to_commit: OrderTimes;
};
export type UsageNoted = {
  /** Events that are kept; fewer than were sent where too many wait to be written. */
  kept: number;
};
export type UsageKind = "PAGE" | "STEP" | "ORDER_TO_COMMIT";
export type UsageEvent = {
  /** What happened. */
  kind: UsageKind;
  /** PAGE: login, workbench, compare, orders, blotters, history, accounts, drift, optimise, market-data, backtest, risk, monitor, alerts, fairness, audit, approvals, admin, jobs, system. STEP: order-entry, allocation-method, preview, commit. ORDER_TO_COMMIT: commit. */
  name: UsageName;
  /** How long it took, if that was measured; ORDER_TO_COMMIT needs it. */
  milliseconds?: number | null;
};
export type UsageEvents = {
  /** The events. */
  events: UsageEvent[];
};
export type Preference = {
  /** Its name. */
  name: string;
  /** The JSON object that was kept. */
  value: {
    [key: string]: any;
  };
  /** How often it was stored. */
  version: number;
  /** When it was stored, in UTC. */
  updated_at: string;
};
export type Preferences = {
  /** The preferences, by name. */
  preferences: Preference[];
};
export type PutPreference = {
  /** Any JSON object of at most 20,000 bytes without blanks. */
  value: {
    [key: string]: any;
  };
  /** The version that this replaces, 0 for none yet: refused with a 409 where another one is stored. Without it, whatever is stored is replaced. */
  version?: number | null;
};
export type DeletedPreference = {
  /** Name of the preference. */
  name: string;
};
export type TradingState = "OPEN" | "STOPPED" | "HALTED";
export type EmergencyStop = {
  /** Whether orders may leave. OPEN: they may. STOPPED: a user stopped trading, until another one resets it. HALTED: the setting TRADING_HALTED is on, whatever users do. */
  state: TradingState;
  /** A user stopped trading, and no other one has reset it. */
  stopped: boolean;
  /** The setting TRADING_HALTED is on. */
  halted: boolean;
  /** Changes of the stop so far. */
  version: number;
  /** Reason of the last change. */
  reason: string | null;
  /** When it last changed, in UTC. */
  changed_at: string | null;
  /** Who changed it last. */
  changed_by: string | null;
};
export type CancelOutcome = "CANCELLED" | "FAILED" | "UNKNOWN" | "NOT_TRIED";
export type CancelledOrder = {
  /** Aladdin's id of the order. */
  order_id: string;
  /** CANCELLED, FAILED, UNKNOWN where Aladdin may have cancelled it, NOT_TRIED where the time was over: repeat the request. */
  outcome: CancelOutcome;
  /** The same in words. */
  message: string;
};
export type StopResult = {
  /** Whether orders may leave. OPEN: they may. STOPPED: a user stopped trading, until another one resets it. HALTED: the setting TRADING_HALTED is on, whatever users do. */
  state: TradingState;
  /** A user stopped trading, and no other one has reset it. */
  stopped: boolean;
  /** The setting TRADING_HALTED is on. */
  halted: boolean;
  /** Changes of the stop so far. */
  version: number;
  /** Reason of the last change. */
  reason: string | null;
  /** When it last changed, in UTC. */
  changed_at: string | null;
  /** Who changed it last. */
  changed_by: string | null;
  /** Working orders, newest first; empty where none was to be cancelled. */
  cancelled_orders: CancelledOrder[];
  /** An order was being sent while the others were cancelled, or it is not known yet whether Aladdin has one (COMMITTING, UNKNOWN). It left before the stop and is not in the list: look at allocations and orders again. */
  order_under_way: boolean;
};
export type Stop = {
  /** Why, for everybody who sees the stop. */
  reason: string;
  /** Also cancel what Aladdin may still fill; needs orders:write. false when left out. */
  cancel_working_orders?: boolean;
};
export type Reset = {
  /** Why trading may go on. */
  reason: string;
};
export type DataMode = "mock" | "real";
export type SystemStatus = {
  /** Date of Aladdin's positions and risk numbers; null where unknown. */
  reference_date: string | null;
  /** Business days from the reference date to the business date, by the US bond calendar; null where unknown. */
  reference_age_business_days: number | null;
  /** Whether that is more than 1 business day, of which previews warn (STALE_DATA); the service stays ready. Null where unknown. */
  stale: boolean | null;
  /** Whether orders may leave. OPEN: they may. STOPPED: a user stopped trading, until another one resets it. HALTED: the setting TRADING_HALTED is on, whatever users do. */
  trading: TradingState;
  /** Why no order may leave; null while they may. */
  reason: string | null;
  /** When the emergency stop last changed, in UTC. */
  changed_at: string | null;
  /** Who changed it last. */
  changed_by: string | null;
  /** Where the data comes from. */
  mode: DataMode;
  /** What the service runs for. */
  environment: "development" | "production";
  /** The date that the service works on. */
  business_date: string;
  /** Version of the service. */
  version: string;
};
export type Desk = {
  /** What m behind a typed quantity means (QUANTITY_M). */
  quantity_m: "MILLION" | "THOUSAND";
  /** Screens ask before an order of more than this (ORDER_WARN_ABOVE); null for never. */
  warn_above_quantity: number | null;
  /** An order of more is refused (ORDER_MAX); null for no limit of the desk's own. */
  max_quantity: number | null;
  /** Time zone in which the desk's days begin and end. */
  business_timezone: string;
  /** Minutes for which a preview can be committed. */
  preview_minutes: number;
  /** Largest move of the market price between preview and commit, in per cent. */
  price_band_percent: number;
  /** A commit of a greater notional than this waits for another user's approval; null for never. */
  approval_above_notional: number | null;
  /** So does every commit of a preview with warnings. */
  approval_for_warnings: boolean;
};
export type Circuit = "CLOSED" | "OPEN" | "HALF_OPEN";
export type VendorOperation = {
  /** The operation, by Aladdin's name. */
  name: string;
  /** The API that it belongs to. */
  api: string;
  /** Calls that this process may make in one window, orders included, if no other makes any. */
  quota_per_window: number;
  /** How many of these are used in the window that ends now: by this process, and with REDIS_URL by all, of the part that they share. */
  used: number;
  /** Circuit breaker of the API for what users read. OPEN: it failed several times in a row and is not called. HALF_OPEN: the next call finds out whether it is back. */
  circuit: Circuit;
  /** When an open one lets a call through, in UTC; else null. */
  retry_at: string | null;
  /** The same for what leads to an order or changes one. */
  order_circuit: Circuit;
  /** When an open one lets a call through, in UTC; else null. */
  order_retry_at: string | null;
};
export type VendorState = {
  /** The operations that are used, by their API. */
  apis: VendorOperation[];
  /** Length of a quota's window (ALADDIN_QUOTA_SECONDS). */
  window_seconds: number;
  /** Requests of users that ask Aladdin now, orders and cancellations included. */
  waiting_requests: number;
  /** Reads that may ask Aladdin at a time (MAX_VENDOR_REQUESTS); an order and a cancellation find one more place each. */
  max_vendor_requests: number;
};
export type Live = {
  /** Always alive. */
  status: "alive";
};
export type RedisState = "ok" | "away";
export type Ready = {
  /** Date of Aladdin's positions and risk numbers; null where unknown. */
  reference_date: string | null;
  /** Business days from the reference date to the business date, by the US bond calendar; null where unknown. */
  reference_age_business_days: number | null;
  /** Whether that is more than 1 business day, of which previews warn (STALE_DATA); the service stays ready. Null where unknown. */
  stale: boolean | null;
  /** Everything that is needed answers. */
  ready: true;
  /** Where the data comes from. */
  mode: "mock" | "real";
  /** The database answers. */
  database: "ok";
  /** Aladdin answers. */
  aladdin: "ok";
  /** What all processes share (REDIS_URL). While it is away each counts and caches for itself, and the service stays ready. Null where it is not used. */
  redis: RedisState | (null | null);
  /** The date that the service works on. */
  business_date: string;
  /** Orders that are over and booked at Aladdin otherwise than they are filled: of these there is no calculated FIX and no final number. The service stays ready. */
  different_orders: number | null;
  /** Filled face less booked face of these orders, together. */
  different_face: number | null;
  /** Whether orders may leave: OPEN, STOPPED by a user, or HALTED by the setting TRADING_HALTED. The service stays ready, since orders can be read and cancelled. Null where unknown. */
  trading: TradingState | (null | null);
};
export const {
  useLoginMutation,
  useRefreshMutation,
  useLogoutMutation,
  useMeQuery,
  useLazyMeQuery,
  useListRolesQuery,
  useLazyListRolesQuery,
  useListSessionsQuery,
  useLazyListSessionsQuery,
  useEndSessionsMutation,
  useEndSessionMutation,
  useGetSignOnQuery,
  useLazyGetSignOnQuery,
  useChangePasswordMutation,
  useListUsersQuery,
  useLazyListUsersQuery,
  useAddUserMutation,
  useGetUserQuery,
  useLazyGetUserQuery,
  useSetPasswordMutation,
  useDisableUserMutation,
  useEnableUserMutation,
  useGrantUserMutation,
  useRevokeUserMutation,
  useSetUserGroupsMutation,
  useEndUserSessionsMutation,
  useUnlockUserMutation,
  useListPortfolioGroupsQuery,
  useLazyListPortfolioGroupsQuery,
  useGetPortfolioGroupQuery,
  useLazyGetPortfolioGroupQuery,
  useListGroupAccountsQuery,
  useLazyListGroupAccountsQuery,
  useGetAccountQuery,
  useLazyGetAccountQuery,
  useGetAccountLedgerQuery,
  useLazyGetAccountLedgerQuery,
  useSearchSecuritiesQuery,
  useLazySearchSecuritiesQuery,
  useGetSecurityQuery,
  useLazyGetSecurityQuery,
  useGetSecurityAnalyticsQuery,
  useLazyGetSecurityAnalyticsQuery,
  useGetSecurityHoldersQuery,
  useLazyGetSecurityHoldersQuery,
  usePreviewAllocationMutation,
  useComputeOrderCapacityMutation,
  useGetAllocationQuery,
  useLazyGetAllocationQuery,
  useReplayAllocationMutation,
  useGetAllocationFrontierQuery,
  useLazyGetAllocationFrontierQuery,
  useListAllocationsQuery,
  useLazyListAllocationsQuery,
  useAdjustAllocationMutation,
  useCompareAllocationsMutation,
  useGetComparisonQuery,
  useLazyGetComparisonQuery,
  useChooseVariantMutation,
  useGetAllocationFixQuery,
  useLazyGetAllocationFixQuery,
  useListAllocationFixMessagesQuery,
  useLazyListAllocationFixMessagesQuery,
  useGetAllocationFixMessageQuery,
  useLazyGetAllocationFixMessageQuery,
  useCommitAllocationMutation,
  useApproveAllocationMutation,
  useRejectAllocationMutation,
  useWithdrawAllocationMutation,
  useSettleAllocationMutation,
  useRejectSettlementMutation,
  useListOrdersQuery,
  useLazyListOrdersQuery,
  useGetOrderQuery,
  useLazyGetOrderQuery,
  useModifyOrderMutation,
  useCancelOrderMutation,
  useGetOrderFillsQuery,
  useLazyGetOrderFillsQuery,
  useListBrokerAccountsQuery,
  useLazyListBrokerAccountsQuery,
  useConnectPaperAccountMutation,
  useConnectSnapTradeAccountMutation,
  useGetBrokerAccountQuery,
  useLazyGetBrokerAccountQuery,
  useDisconnectBrokerAccountMutation,
  usePreviewBrokerOrderMutation,
  useListBrokerOrdersQuery,
  useLazyListBrokerOrdersQuery,
  usePlaceBrokerOrderMutation,
  useGetBrokerOrderQuery,
  useLazyGetBrokerOrderQuery,
  useCancelBrokerOrderMutation,
  useListBlottersQuery,
  useLazyListBlottersQuery,
  useCreateBlotterMutation,
  useUploadBlotterMutation,
  useGetBlotterTemplateQuery,
  useLazyGetBlotterTemplateQuery,
  useGetBlotterQuery,
  useLazyGetBlotterQuery,
  usePreviewBlotterMutation,
  useReplayBlotterMutation,
  useCommitBlotterMutation,
  useGetPositionsQuery,
  useLazyGetPositionsQuery,
  useGetCashQuery,
  useLazyGetCashQuery,
  useGetMarketDataQuery,
  useLazyGetMarketDataQuery,
  useListMarketAssetsQuery,
  useLazyListMarketAssetsQuery,
  useGetLatestMarketDataQuery,
  useLazyGetLatestMarketDataQuery,
  useGetMarketMetricsQuery,
  useLazyGetMarketMetricsQuery,
  useGetMarketCorrelationQuery,
  useLazyGetMarketCorrelationQuery,
  useBatchMarketDataMutation,
  useImportMarketDataMutation,
  useGetMarketRefreshQuery,
  useLazyGetMarketRefreshQuery,
  useRefreshMarketDataMutation,
  useAnalyzeRiskMutation,
  useGetRegimeStatusQuery,
  useLazyGetRegimeStatusQuery,
  useGetRegimeHistoryQuery,
  useLazyGetRegimeHistoryQuery,
  useGetRegimeRecordQuery,
  useLazyGetRegimeRecordQuery,
  useListBacktestsQuery,
  useLazyListBacktestsQuery,
  useRunBacktestMutation,
  useListBacktestGridsQuery,
  useLazyListBacktestGridsQuery,
  useRunBacktestGridMutation,
  useGetBacktestGridQuery,
  useLazyGetBacktestGridQuery,
  useDeleteBacktestGridMutation,
  useCompareBacktestsQuery,
  useLazyCompareBacktestsQuery,
  useGetBacktestQuery,
  useLazyGetBacktestQuery,
  useDeleteBacktestMutation,
  useGetBacktestTimeSeriesQuery,
  useLazyGetBacktestTimeSeriesQuery,
  useGetBacktestTransactionsQuery,
  useLazyGetBacktestTransactionsQuery,
  useOptimizePortfolioMutation,
  useListOptimizedPortfoliosQuery,
  useLazyListOptimizedPortfoliosQuery,
  useGetOptimizedPortfolioQuery,
  useLazyGetOptimizedPortfolioQuery,
  useReplayOptimizedPortfolioMutation,
  useUpdateMarketDataMutation,
  useTellRowChangeMutation,
  useGetMonitorStatusQuery,
  useLazyGetMonitorStatusQuery,
  useFollowMonitorQuery,
  useLazyFollowMonitorQuery,
  useGetMonitoredPortfolioQuery,
  useLazyGetMonitoredPortfolioQuery,
  usePutMonitorConfigMutation,
  useRecalculatePortfolioMutation,
  useLoadReferenceMutation,
  useExportReferenceFileQuery,
  useLazyExportReferenceFileQuery,
  useLoadReferenceFileMutation,
  useCalculateDriftMutation,
  useGetTargetValuesQuery,
  useLazyGetTargetValuesQuery,
  useCalculateTargetValuesMutation,
  useGetRebalancingCheckQuery,
  useLazyGetRebalancingCheckQuery,
  useCheckRebalancingMutation,
  useGetDriftAnalysisQuery,
  useLazyGetDriftAnalysisQuery,
  useAnalyseDriftMutation,
  useListTargetSetsQuery,
  useLazyListTargetSetsQuery,
  useStateTargetsMutation,
  useGetTargetSetQuery,
  useLazyGetTargetSetQuery,
  useRetireTargetsMutation,
  useApproveTargetsMutation,
  useRejectTargetsMutation,
  useWithdrawTargetsMutation,
  useListProposalsQuery,
  useLazyListProposalsQuery,
  useCreateProposalMutation,
  useGetProposalQuery,
  useLazyGetProposalQuery,
  useMakeBlotterOfProposalMutation,
  useListReallocationsQuery,
  useLazyListReallocationsQuery,
  useEvaluateReallocationMutation,
  useGetReallocationQuery,
  useLazyGetReallocationQuery,
  useMakeBlotterOfReallocationMutation,
  useGetAccountDriftQuery,
  useLazyGetAccountDriftQuery,
  useGetGroupDriftQuery,
  useLazyGetGroupDriftQuery,
  useListOutOfBandQuery,
  useLazyListOutOfBandQuery,
  useCheckDriftMutation,
  useListDriftHistoryQuery,
  useLazyListDriftHistoryQuery,
  useGetDriftAttributionQuery,
  useLazyGetDriftAttributionQuery,
  useGetFairnessPolicyQuery,
  useLazyGetFairnessPolicyQuery,
  usePutFairnessPolicyMutation,
  useListFairnessPoliciesQuery,
  useLazyListFairnessPoliciesQuery,
  useListJobsQuery,
  useLazyListJobsQuery,
  useGetJobQuery,
  useLazyGetJobQuery,
  useCancelJobMutation,
  useFollowJobQuery,
  useLazyFollowJobQuery,
  useReportAllocationHistoryQuery,
  useLazyReportAllocationHistoryQuery,
  useReportAllocationHistoryCsvQuery,
  useLazyReportAllocationHistoryCsvQuery,
  useReportFairnessQuery,
  useLazyReportFairnessQuery,
  useReportFairnessCsvQuery,
  useLazyReportFairnessCsvQuery,
  useReportFairnessLedgerQuery,
  useLazyReportFairnessLedgerQuery,
  useReportFairnessReplayQuery,
  useLazyReportFairnessReplayQuery,
  useListAlertsQuery,
  useLazyListAlertsQuery,
  useCountAlertsQuery,
  useLazyCountAlertsQuery,
  useReadAlertsMutation,
  useGetAlertQuery,
  useLazyGetAlertQuery,
  useAcknowledgeAlertMutation,
  useListAlertChannelsQuery,
  useLazyListAlertChannelsQuery,
  useAddAlertChannelMutation,
  usePutAlertChannelMutation,
  useDeleteAlertChannelMutation,
  useTestAlertChannelMutation,
  useListAlertDeliveriesQuery,
  useLazyListAlertDeliveriesQuery,
  useRetryAlertDeliveryMutation,
  useListAuditRecordsQuery,
  useLazyListAuditRecordsQuery,
  useVerifyAuditTrailQuery,
  useLazyVerifyAuditTrailQuery,
  useExportAuditTrailQuery,
  useLazyExportAuditTrailQuery,
  useGetAuditRecordQuery,
  useLazyGetAuditRecordQuery,
  useListActivityQuery,
  useLazyListActivityQuery,
  useShowUsageQuery,
  useLazyShowUsageQuery,
  useNoteUsageMutation,
  useListPreferencesQuery,
  useLazyListPreferencesQuery,
  usePutPreferenceMutation,
  useDeletePreferenceMutation,
  useGetEmergencyStopQuery,
  useLazyGetEmergencyStopQuery,
  useStopTradingMutation,
  useResumeTradingMutation,
  useGetSystemStatusQuery,
  useLazyGetSystemStatusQuery,
  useGetDeskQuery,
  useLazyGetDeskQuery,
  useGetVendorStateQuery,
  useLazyGetVendorStateQuery,
  useLiveQuery,
  useLazyLiveQuery,
  useReadyQuery,
  useLazyReadyQuery,
} = injectedRtkApi;
