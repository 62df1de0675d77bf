package main

// handbookRow is one row of the handbook of this job: what must work, and the tests that show it. Tests are named by their folder and their name.
// Lacks says what of the row does not work yet; the row stays on the list.
type handbookRow struct {
	Section int
	Row     string
	Tests   []string
	Lacks   string
}

// handbookSections are the headings of the handbook's sections that state features.
var handbookSections = map[int]string{
	1: "The cycle", 2: "Inventory", 3: "Updates", 4: "Change requests", 5: "Roles", 6: "The monthly procedure", 7: "Acceptance",
	8: "Windows and rollout", 9: "Reporting and communication",
}

var handbook = []handbookRow{
	{8, "Standard plan: 24 windows of four hours over four days; the owner maps each server to one, and plans follow that", []string{"cmd/patchdeck/config.TestTheDefaultWindowsAreTheHandbooks",
		"engine/rollout.TestAPlanKeepsTheOwnersWindowAndSpreadsTheOthers", "engine.TestServerAdministratorsMapTheirOwnServers", "engine.TestAFrozenPlanKeepsItsWindows"}, ""},
	{8, "Nothing starts or restarts outside an approved window", []string{"engine.TestRandomNights", "engine.TestEachTroubleEndsInItsOwnStatus", "engine/rollout.TestNobodyStartsWithoutTimeForRestartAndCheck",
		"engine.TestAClockThatIsSetNeitherSkipsNorRepeatsAWindow", "engine/rollout.TestWindowsFollowTheClocksOnTheWall"}, ""},
	{8, "Emergency plan: four windows of one hour, each for the servers of one standard day", []string{"engine/rollout.TestAnEmergencyWindowTakesOneDayOfTheStandardPlan", "engine.TestADayOfWindowsMapsToOneEmergencyWindow"}, ""},
	{8, "Emergency check: three more hours, everything done by hour 7", []string{"engine.TestAnEmergencyIsDoneByHourSeven"}, ""},
	{8, "What a window leaves goes to the next that the owner allows", []string{"engine/rollout.TestAPlanKeepsTheOwnersWindowAndSpreadsTheOthers", "engine/rollout.TestTheEndOfAWindowAccountsForEverybody",
		"engine.TestAPilotThatMissedItsWindowIsTriedAgainInALaterOne"}, ""},
	{8, "Order: affected infrastructure first, pilot, Dev with its soak, reference collection, Prod", []string{"engine/rollout.TestServersThatGoFirstGetTheFirstWindowOfTheirRing", "engine.TestProdWaitsWhileAnEarlierRingIsHalted",
		"engine.TestAcceptanceEndsAtFiveOnTheWallAcrossChangesOfTheClocks", "engine/approval.TestEachApprovalUnlocksItsRings"}, ""},
	{8, "Members of a cluster share no window: warned of, refused unless somebody says why", []string{"engine.TestMembersOfAClusterShareNoWindowUnlessSomebodySaysWhy", "engine/rollout.TestMembersOfAClusterInOneWindowAreNamedToTheApprovers",
		"engine/rollout.TestMembersOfAClusterAreSpreadOverWindows", "engine.TestMembersOfAClusterInOneWindowAreWarnedOf"}, ""},
	{8, "Two members of a cluster are never down at once, whatever the plan says", []string{"engine/rollout.TestMembersOfAClusterTakeTurns", "engine.TestNobodyStartsBesideAClusterPeerThatIsDown",
		"engine.TestOfAnAvailabilityGroupNeverMoreThanItsMaximumAreAway", "engine.TestALockIsBrokenByAPersonWithAReason", "engine.TestRandomNights"}, ""},
	{8, "Enforcement date: voluntary until then, enforced in the first window after it", []string{"engine/rollout.TestProdIsEnforcedInItsFirstWindowAfterTheDate", "engine/report.TestInstallsTellVoluntaryFromEnforced"}, ""},
	{8, "An exempt server has a named enforcement window, a reason and an end; never exempt from critical updates", []string{"engine/rollout.TestAnExemptServerHasItsOwnWindowAndNoCriticalUpdateWaits",
		"engine.TestAnExemptionHasAReasonAndAnEnd", "engine/rollout.TestAnExemptionSaysWhatItLacks",
		"engine/rollout.TestAnExemptionThatEndsPutsTheServerIntoTheNextWindowItsOwnerAllows", "engine.TestTheEndOfAnExemptionIsToldBeforeItComes"}, ""},
	{8, "Several advertisements of one package: optional, mandatory after a grace, mandatory now", []string{"engine/rollout.TestAPackageIsOfferedDifferentlyToDifferentServers",
		"engine/rollout.TestAnOptionalUpdateWaitsToBeAskedFor", "engine.TestAnOptionalUpdateIsInstalledWhereItsAdministratorAsks", "ui/command.TestExemptionsAreAddedListedAndEnded"},
		"a countdown for people who are logged on to a server"},
	{8, "Preflight can demand a recent backup; a critical application names its continuity arrangement", []string{"engine/rollout.TestAPreflightNamesWhatIsInTheWay", "engine.TestEachTroubleEndsInItsOwnStatus",
		"engine.TestACriticalApplicationNamesItsContinuityArrangement"}, ""},
	{8, "Operations master roles are moved away and back; cluster nodes are drained first", []string{"engine.TestWhatIsTakenFromAServerIsGivenBackHoweverItEnds", "engine/rollout.TestEveryWayOutOfADrainLeadsBackIntoService",
		"remote.TestRolesGoAwayAndComeBackOverTheWire", "remote.TestANodeIsSuspendedAndResumedOverTheWire"}, ""},
	{8, "Monitoring is suspended while a server is patched, and resumed after", []string{"remote.TestMonitoringIsSuspendedOnceAndResumedOverTheWire", "remote.TestAFleetLeavesServiceAndReturnsToIt",
		"cmd/patchdeck.TestKilledConsoleDoesNothingTwiceAndForgetsNothing"}, ""},
	{8, "Content is staged ahead of the window, and transfers are limited per site", []string{"engine.TestTransfersAreLimitedPerSite", "engine.TestSkippingAServerThatIsStagedCancelsItsJob", "engine/rollout.TestNothingStartsBeforeItsContentIsThere"}, ""},
	{8, "Distribution points: the nearest source, the state of a transfer, the hash checked; a window opens only for sites that are ready", []string{"engine.TestTheServersOfASiteWaitForItsContent",
		"engine.TestASiteThatIsNeverReadyMissesItsWindow", "engine/rollout.TestAContentIsReadyWithTheHashOfEachFile", "engine/catalog.TestAServerFetchesFromTheNearestPlace", "engine/catalog.TestOnlyAVerifiedFileIsRun", "remote.TestFilesAreStagedOverTheWireAndAnotherHashIsRefused",
		"remote.TestTheManifestNamesEveryFileWithItsSources"}, ""},
	{8, "Slow links: staging starts as far ahead as it takes, or the server is done by hand", []string{"engine.TestAServerOnASlowLineFetchesEarlier", "engine.TestStagingBeginsAheadBySizeAndSpeed", "engine/rollout.TestSlowLinesBeginEarlier"}, ""},
	{8, "Servers patched one by one by hand are tracked to the end, with the options used", []string{"engine.TestServersPatchedByHandAreTrackedToTheEnd", "engine/rollout.TestAWordIsNoEvidence",
		"engine.TestAPackageWithoutAnInstallerStaysWithPeople"}, ""},
	{8, "Advertisement status: every state a server may be in, each with its way in and out", []string{"engine/rollout.TestTheTablesOfStatesAgree", "engine/rollout.TestTimeAloneEndsEveryStartedState", "engine/rollout.TestCountsAlwaysAddUp",
		"engine.TestEachTroubleEndsInItsOwnStatus", "engine/report.TestWhereEachStatusCounts"}, ""},
	{8, "Totals by window, collection, site, system and update", []string{"ui/command.TestARolloutIsTotalledByWhatPeopleAskFor", "engine/report.TestTheDocumentOfASmallNight"}, ""},
	{8, "A status keeps when it was reached, code and text, voluntary or enforced, and how the restart was handled", []string{"ui/command.TestAServersStatusKeepsWhatBecameOfIt", "engine/report.TestWhatIsSaidOfEachTrouble", "engine.TestTheLogOfAServersJobIsReadWhileItRuns"}, ""},
	{8, "Stop rule: many failures early stop the rollout; it goes on when a person says so", []string{"engine/rollout.TestTheStopRuleSeesWhatAPercentageHides", "engine/rollout.TestAnOrdinaryNightSeldomStops", "engine/rollout.TestAPilotStopsAtTwoFailures",
		"engine/rollout.TestHardFailuresHaveABudgetOfTheirOwn", "engine/rollout.TestTheTrailRecomputesTheScoreOfAStop", "engine.TestABadCohortHaltsTheRolloutEarly", "engine.TestAHaltOfAnEarlierRingIsOverridden"}, ""},
	{8, "An update that was not needed is no failure", []string{"engine/rollout.TestAnUpdateThatWasNotNeededIsNoFailure"}, ""},
	{8, "Rollback: uninstalled from the servers that got it, as a release of its own through the phases", []string{"engine.TestARollbackIsAReleaseOfItsOwnThatTakesTheUpdatesAway", "remote.TestUpdatesAreRemovedOverTheWire"}, ""},

	{1, "An update or release moves through four phases, each left through its gates", []string{"engine.TestAReleaseGoesThroughTheFourPhases", "engine/approval.TestEachGateHoldsItsPhaseBack", "engine/report.TestUpdatesAreCountedInThePhaseOfTheirRelease"}, ""},
	{1, "Deploy is left when the rollout is through and the review is done", []string{"engine.TestTheMonthsReviewClosesItsRelease", "engine.TestAReleaseIsNotReviewedBeforeItWasDeployed", "engine/approval.TestAReviewAnswersEveryQuestion"}, ""},
	{1, "Releases that share servers, dependencies or replaced updates are flagged on both", []string{"engine/approval.TestOverlapsAreFlaggedOnBoth", "engine.TestAnEmergencyHoldsBackWhatIsLessUrgent"}, ""},
	{1, "Alerts record their channel and are verified on the vendor's own site; updates by mail are refused", []string{"engine/catalog.TestNewsIsVerifiedOnTheVendorsOwnSite", "engine.TestSecurityPostsAChangeOfTheThreat"}, ""},

	{2, "Everything that is asked of a server: what people say and what it says itself", []string{"engine/inventory.TestAFileSaysAllThatTheHandbookAsksOfAServer", "remote.TestFactsComeOverASealedConnection", "engine/inventory.TestAnExpressionAsksEveryField"}, ""},
	{2, "The inventory refreshes daily; servers found vulnerable are patched first", []string{"engine.TestTheInventoryIsReadAnewEveryDay", "engine/rollout.TestServersThatGoFirstGetTheFirstWindowOfTheirRing"}, ""},
	{2, "Completeness: compared with the audit before, the directory, DNS, the configuration database; rogues; what was missed joins the next", []string{"engine.TestAnAuditListsWhatItMissedAndWhatIsRetiredLeaves",
		"engine.TestAMarkedFallOfTheCountIsAFinding", "engine.TestOtherListsAndTheNetworkOpenAndCloseFindings", "engine/inventory.TestARogueIsAMachineThatNoListNames", "remote.TestASweepOfTheNetworkFindsWhoAnswersAndSendsNothing"}, ""},
	{2, "Nothing is advertised on an incomplete or old audit, unless overridden with a reason", []string{"engine.TestNothingIsPlannedOnAnIncompleteOrOldAuditWithoutAReason"}, ""},
	{2, "Client health is checked before a push; problems are incidents", []string{"engine.TestClientProblemsAreFindingsAndIncidentsUntilTheyAreMended", "remote.TestEveryObstacleIsNamed"}, ""},
	{2, "Recurrence is a finding and an incident; what comes back is caught up", []string{"engine.TestAfterTheNightBaselineStampRecurrenceAndCatchUp"}, ""},
	{2, "Policy checks: minimum standards with severity, time line and remedy", []string{"engine.TestAViolationOpensAndClosesWithTheFacts", "engine/inventory.TestTheExampleStandardsAreGoodAndAViolationSaysWhatToDo"}, ""},
	{2, "Baselines: below, at, above, exempt; quarterly, stamped in the registry", []string{"engine/inventory.TestAServerStandsBelowAtAboveOrIsExempt", "engine.TestAfterTheNightBaselineStampRecurrenceAndCatchUp", "remote.TestABaselineIsStampedAndReadBackOverTheWire"}, ""},
	{2, "Collections: queries, members, exclusions with reason, author and expiry; always fresh; a reference collection", []string{"engine/inventory.TestACollectionIsAnsweredFreshFromQueryMembersAndExclusions",
		"engine.TestAPlanForACollectionLeavesItsExcludedServersOut", "engine/rollout.TestServersThatGoFirstGetTheFirstWindowOfTheirRing"}, ""},

	{3, "Kinds and severity, exploited and disclosed, out of the vendor's documents", []string{"engine/catalog.TestKindIsNotSeverity", "engine/catalog.TestABulletinSaysWhatEachUpdateFixesOnWindowsServer", "engine/catalog.TestAnAdvisoryOnOneVulnerabilityIsABulletin"}, ""},
	{3, "Applicable by the server's own scan; compliant, missing, unknown, not applicable; approved, not installed apart", []string{"engine/catalog.TestRelevanceFollowsTheEvidence", "engine/catalog.TestAnUpdateIsCountedOverTheServers"}, ""},
	{3, "Relevance is a recorded decision; the threat level may change later", []string{"engine.TestRelevanceIsARecordedDecision", "engine.TestSecurityPostsAChangeOfTheThreat"}, ""},
	{3, "Where the scan cannot tell a rule decides; other vendors' updates ship as packages", []string{"engine/catalog.TestARuleDecidesWhereTheScanCannotTell", "engine.TestAnUpdateOfAnotherVendorIsAddedByHand",
		"engine.TestAPackageBesideTheMonthsUpdateIsInstalledByTheServersThemselves"}, ""},
	{3, "Approval rules per class of server: detect only, install, decline", []string{"engine.TestARuleForAClassOfServersHoldsAnUpdateBack", "engine/catalog.TestTheFirstRuleThatFitsHolds"}, ""},
	{3, "Days available beside our days to finish", []string{"engine/catalog.TestOurDaysStandBesideThoseOfHistory", "engine/report.TestTimeToPatchIsHeldAgainstTheDeadline"}, ""},
	{3, "Source files are the vendor's, their signature verified before Identify is left", []string{"remote/signature.TestASignatureIsWorthItsContentAndItsChain", "engine/approval.TestEachGateHoldsItsPhaseBack"}, ""},
	{3, "Facts that steer the plan: restart, removable, depends on, replaces, size, issues", []string{"engine/catalog.TestTheLineageOfAnUpdateEndsEvenInACircle", "engine/catalog.TestTheMoreDemandingRestartStays", "engine/catalog.TestSupersedenceLeadsToTheNewestUpdate"}, ""},

	{4, "Priorities with their deadlines, raised and lowered by criteria", []string{"engine/approval.TestEachPriorityBringsItsDeadlines", "engine/approval.TestThePriorityFollowsFromTheFacts", "engine.TestADeadlineThatPassedIsShown", "engine.TestNobodyDecidesOnAPlanWhoseWindowsAreOver"}, ""},
	{4, "The initiator sets priority and category, the team agrees or changes them", []string{"engine.TestTheTeamReviewsThePriority"}, ""},
	{4, "The request states what it is about", []string{"engine.TestARequestStatesWhatItIsAbout", "engine/approval.TestARequestIsBounded"}, ""},
	{4, "Two approvals by two other people; taking out keeps them, adding voids them", []string{"engine/approval.TestTwoOtherPeopleDecide", "engine/approval.TestNobodyGetsAChangeThroughAlone", "engine.TestDroppingKeepsTheApprovalAndAddingVoidsIt",
		"engine.TestAnExclusionIsTakenBackAndTheApprovalStays"}, ""},
	{4, "Objections until the board meets; an open one blocks", []string{"engine.TestAnOpenObjectionBlocksTheBoard", "engine.TestAnOpenObjectionBlocksAnEmergency"}, ""},
	{4, "Policy: Critical and Important monthly, the rest to Prod each quarter", []string{"engine.TestWhatIsNotImportantWaitsForTheQuarter", "engine/approval.TestThePolicyCoversEverySeverity"}, ""},
	{4, "An emergency pre-empts, and is confirmed by the board within a day", []string{"engine.TestAnEmergencyHoldsBackWhatIsLessUrgent", "engine/approval.TestTheBoardConfirmsAnEmergencyWithinADay"}, ""},
	{4, "A release has an owner; timetables per category and priority; test plans that are used again", []string{"engine/approval.TestEachCategoryAndPriorityHasATimetable", "engine/approval.TestATimetableFitsTheWindowsOfThePlan", "engine.TestATestPlanIsWrittenBeforeTestingStarts", "engine.TestOwnersStandInTheUsersFile"}, ""},

	{5, "Every command belongs to roles; who has none of them is refused", []string{"engine.TestEveryCommandBelongsToRoles", "engine.TestEveryCommandIsRefusedToWhomTheTableLeavesOut", "engine.TestRightsAreDocumented"}, ""},
	{5, "Application support and server administrators act for their own", []string{"engine.TestWhatIsForOnesOwnIsRefusedForOthers", "engine.TestServerAdministratorsMapTheirOwnServers"}, ""},
	{5, "A primary and a secondary person each; overdue work goes to the secondary", []string{"cmd/patchdeck/config.TestARoleHasAPrimaryAndASecondaryPerson", "engine/procedure.TestATaskWaitsOpensAndFallsOverdue"}, ""},
	{5, "Alerts climb by tiers; past the deadline a ladder applies to a server that is still vulnerable", []string{"engine.TestADeadlineThatPassedIsShown"}, "the steps of the ladder (owner, management, account, isolation) with their executive approval"},

	{6, "31 tasks around Patch Tuesday, each due in its time, in any zone, over changes of the clocks", []string{"engine/procedure.TestEachRowOfTheProcedureIsDueInItsTime", "engine/procedure.TestDeadlinesShowTheTableTimeAcrossChangesOfTheClocks",
		"engine/calendar.TestPatchTuesdayIsTheSecondTuesday", "engine/procedure.TestNoTaskIsDueBeforeTheOneItBuildsOn"}, ""},
	{6, "Tasks are done by what is seen, or by hand with a note; what is late says what to do", []string{"engine.TestAMonthIsLedThroughItsTasks", "engine/procedure.TestATickIsDoneOnceAndCanBeUndone"}, ""},
	{6, "With several Prod windows tasks 26 to 31 follow them", []string{"engine/procedure.TestSeveralProdWindowsMoveRows26To31", "engine/procedure.TestARepeatingTaskIsTickedOnceATime"}, ""},
	{6, "The lead's checklist of 23 lines, and a Gantt chart", []string{"engine/procedure.TestTheChecklistHas23Lines", "engine/procedure.TestTheGanttHasABarForEachWindowAndTask"}, ""},
	{6, "An emergency runs the same tasks on a folded timeline", []string{"engine/procedure.TestAFoldedMonthHasTheSameTasksOnItsOwnTimeline", "engine.TestAnEmergencyHasAFoldedCycleBesideTheMonth"}, ""},

	{7, "The minimum tests: deploys, restarts, can be removed, services run", []string{"engine.TestTheFourMinimumTestsAreRunOnThePilotAndHoldProdBack", "engine/pilot.TestTheMinimumTestsFollowFromTheEvidence"}, ""},
	{7, "Results per application; silence by the deadline is no issue; failed updates are dropped, servers excluded, or a workaround recorded", []string{"engine/pilot.TestSilenceByTheDeadlineIsNoIssue",
		"engine/pilot.TestAWorkaroundAnswersEveryFailureOfItsUpdate", "engine.TestAnExclusionThatAnswersAFailedTestStands"}, ""},
	{7, "Test plans come before testing; a repaired package repeats acceptance", []string{"engine.TestATestPlanIsWrittenBeforeTestingStarts", "engine.TestANewRevisionRepeatsAcceptance"}, ""},

	{9, "Selection, testing and rollout are documented, and readable by everybody", []string{"engine/report.TestAPlayedNightIsToldAsItHappened", "engine/trail.TestAnExportVerifiesWithoutTheStore", "engine.TestACopyOfTheTrailIsKeptWholeAndOnTheRecord"}, ""},
	{9, "Compliance by severity, system, site, owner, with what is unknown apart", []string{"engine/report.TestComplianceIsCountedBySeverityWithItsDenominator", "engine/report.TestComplianceAddsUp", "ui/command.TestReportsAboutTheFleetAsTables"}, ""},
	{9, "Voluntary against enforced, restarts, exceptions with their age", []string{"engine/report.TestInstallsTellVoluntaryFromEnforced", "engine/report.TestExceptionsShowTheirAge"}, ""},
	{9, "Time to patch against the deadline, month over month", []string{"engine/report.TestTimeToPatchIsHeldAgainstTheDeadline", "engine/report.TestTheTrendComparesMonths"}, ""},
	{9, "Notices from templates, kept in the history; nothing lost or sent twice", []string{"engine.TestAMonthTellsEveryoneOnce", "engine.TestAMailServerThatIsDownForSixHoursLosesNothing", "engine.TestACrashAtAnyCommitLosesNoNotice"}, ""},
	{9, "Status is self-service; the schedule is communicated before it starts", []string{"ui/status.TestATeamSeesItsOwnServersAndTheirWindows", "ui/command.TestTheCalendarOfAnOwnerHoldsTheirWindowsAlone"}, ""},
	{9, "Incidents for client problems and failed servers, closed with a resolution", []string{"engine.TestFailedServersOpenIncidents", "engine.TestAPersonsWayThroughAnIncidentAndANotice"}, ""},
	{9, "The review's actions carry forward; a quarterly questionnaire", []string{"engine.TestActionsOfAReviewCarryForward", "engine/procedure.TestTheQuarterlyQuestionnaireAsksEverything"}, ""},
	{9, "Accumulated updates are consolidated; images carry baseline version and date", []string{"engine.TestWhatIsNotImportantWaitsForTheQuarter", "remote.TestABaselineIsStampedAndReadBackOverTheWire"}, ""},
	{9, "The console's own data is backed up and restored", []string{"store.TestABackupRestoresTheSameStore", "store.TestEveryDamageToABackupIsFound", "cmd/patchdeck.TestABackupTakenFromTheDaemonRestoresIntoAnEmptyFolder"}, ""},
}
