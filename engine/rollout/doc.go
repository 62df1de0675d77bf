// Package rollout is the machine that brings a release to the servers of one ring: windows, frozen plans, advertisements and
// their states, admission, cluster locks, restarts, evidence, the stop rule and the forecast.
//
// In flow times, hosts' answers and people's words; out come transitions (Moved), calls that are owed to hosts (Step), and
// reasons. Everything is a value or a pure function: no I/O, no goroutine, no clock but the time it is given. The package does
// not know how a host is reached, where records are kept, or what a screen looks like.
//
// Beside its delivery an advertisement has a drain (drain.go): what the server does for others is taken from it before it is changed and
// given back whatever becomes of it; DrainTransitions is that table. A server that is being drained is shown as running, phase
// "draining": it has its place and its lock, and no installation is ordered yet. One that returns to service keeps its lock.
//
// A pilot server has a trial beside both (trial.go): once its updates are proven, it takes them away by a job of its own, restarts, shows that
// they are gone, and installs them again, all inside the window in which it was admitted; where that has no time, or the plan or the policy says
// no, the trial says why it was not tried. A crash in it is a crash in running, restarting or verifying: the host is asked.
//
// The life of an advertisement, with who moves it on and what a crash in that state means, is the table Transitions in
// transition.go; a test holds every transition of a simulated night against it. Statuses in status.go is what people see.
//
// The rules of a rollout, each with the tests that hold it; a test finds every one of them in the sources:
//
//	Standard plan of 24 windows of 4 hours, 4 emergency windows of 1 | TestTheDefaultWindowsAreTheHandbooks
//	An emergency window takes the servers of one day | TestAnEmergencyWindowTakesOneDayOfTheStandardPlan
//	The emergency is done by hour 7 | TestAnEmergencyIsDoneByHourSeven
//	The owner's window is kept; what it leaves goes where the owner allows | TestAPlanKeepsTheOwnersWindowAndSpreadsTheOthers
//	Members of a cluster share no window: warned in the plan, refused unless overridden | TestMembersOfAClusterShareNoWindowUnlessSomebodySaysWhy
//	The plan's hash is what is approved; widening voids it | TestDroppingKeepsTheApprovalAndAddingVoidsIt
//	The board confirms an emergency within 24 hours | TestAnEmergencyHoldsBackWhatIsLessUrgent
//	Ramp: from 1 without 20 successes, else from a quarter of the limit | TestARolloutWithoutExperienceBeginsWithOneServer
//	An emergency uses its limit at once on a verified build | TestAnEmergencyUsesItsLimitAtOnceWhenThePilotVerifiedTheBuild
//	Time for restart and check is kept free | TestNobodyStartsWithoutTimeForRestartAndCheck
//	The slowest of what was measured sets the time that is planned | TestAMeasuredSlowBuildNeedsMoreTime
//	Transfers are limited per site | TestTransfersAreLimitedPerSite
//	Nobody starts before its content is there | TestNothingStartsBeforeItsContentIsThere
//	An update that was not needed is no failure | TestAnUpdateThatWasNotNeededIsNoFailure
//	A cluster: one member away, peers well | TestMembersOfAClusterTakeTurns TestNobodyStartsBesideAClusterPeerThatIsDown
//	A declared group: its own maximum | TestOfAnAvailabilityGroupNeverMoreThanItsMaximumAreAway
//	A lock is given back by a check, or broken by a person with a reason | TestALockIsBrokenByAPersonWithAReason
//	Drain before, return after, whatever happened | TestEveryWayOutOfADrainLeadsBackIntoService TestWhatIsTakenFromAServerIsGivenBackHoweverItEnds
//	Sites: a window opens for those whose content is ready; slow lines begin earlier | TestTheServersOfASiteWaitForItsContent TestAContentIsReadyWithTheHashOfEachFile TestSlowLinesBeginEarlier
//	Stop rule: score of 161 and 18, warning at 350, stop at 700 | TestTheStopRuleSeesWhatAPercentageHides
//	The warning halves the concurrency | TestTheWarningHalvesTheConcurrency
//	The trail recomputes the score | TestTheTrailRecomputesTheScoreOfAStop
//	Budgets of hard failures: pilot 1, window 2, rollout 5 | TestHardFailuresHaveABudgetOfTheirOwn
//	A pilot stops at two failures of any kind | TestAPilotStopsAtTwoFailures
//	Five of one code in a row pause; what is no fault of the update does not score | TestOneCauseOutsideTheUpdatePauses
//	Trouble on our side pauses starts and leaves the score alone | TestServersThatDoNotAnswerInARowHoldStartsBack
//	"0 of 20 failed" proves up to 13.9 % | TestNoFailuresProveLittle
//	Stopped is latched; those running finish | TestWhatHasStartedFinishes TestABadCohortHaltsTheRolloutEarly
//	Forecast: who fits, how surely, and which limit is enough | TestAnOutlookSaysWhoFitsAtWhichLimit TestAForecastIsMadeBeforeApprovalAndLive
//	Progress: a window against its plan and what may still come | TestProgressIsToldInStepsAgainstThePlanOfTheOpening TestAWindowIsTrackedWhileItIsOpen
//	What is enough and what a plan gets follow one rule | TestEnoughIsTheLeastLimitThatLetsEverybodyFit TestThePlanGetsTheLimitThatItsForecastProposes
//	Close-out: not started is window missed, a restart owed is shown | TestTheEndOfAWindowAccountsForEverybody
//	Nothing is installed twice, whatever happens | TestWhateverHappensNothingIsInstalledTwiceAndEveryDrainIsUndone
//	Until the enforcement date nobody is forced; then the first window after it | TestProdIsEnforcedInItsFirstWindowAfterTheDate
//	A package may be mandatory, mandatory after a grace, and optional, for different servers | TestAPackageIsOfferedDifferentlyToDifferentServers TestAnOptionalUpdateIsInstalledWhereItsAdministratorAsks
//	When an exemption ends the server is back in its next window, and people are told before | TestAnExemptionThatEndsPutsTheServerIntoTheNextWindowItsOwnerAllows TestTheEndOfAnExemptionIsToldBeforeItComes
//	Exempt: a named enforcement window, an end, a reason; never from critical updates | TestAnExemptServerHasItsOwnWindowAndNoCriticalUpdateWaits TestAnExemptionHasAReasonAndAnEnd
//	A forced start goes ahead of the ramp, never past lock, window, stop or gate | TestAForcedStartGoesAheadOfTheRampAndOfNothingElse
//	Done by hand is tracked to the end, and a word is no success | TestServersPatchedByHandAreTrackedToTheEnd TestAWordIsNoEvidence
//	A pilot that missed its window gets a later one; a closed rollout is open again for a retry | TestAPilotThatMissedItsWindowIsTriedAgainInALaterOne TestAClosedRolloutIsOpenAgainForARetry
//	What a gate advises is a command that works | TestEveryAdviceOfAGateIsACommandThatWorks
//	A package is installed by its servers beside the month's update, and its detection proves it | TestAPackageBesideTheMonthsUpdateIsInstalledByTheServersThemselves TestAPackageThatDoesNotArriveFailsItsServer
//	A package without an installer stays with people | TestAPackageWithoutAnInstallerStaysWithPeople
//	A pilot takes its updates away, sees them gone, and installs them again; what is not tried says why | TestThePilotTakesItsUpdateAwayAndInstallsItAgain TestAnUpdateThatStaysFailsTheTestAndNotThePilot TestWhatIsNotTriedSaysWhy
//	Servers that are behind a release catch up in a ring of their own | TestServersThatAreBehindCatchUpInARingOfTheirOwn TestACatchUpUsesTheSchedulesWindowsSomeWeeksLater
//	Roll-back is a release of its own | TestARollbackIsAReleaseOfItsOwnThatTakesTheUpdatesAway
//
// The numbers of these rules are a Policy; those that an administrator may set are the table Settings in setting.go, which the configuration,
// its comments, rollout policy and the audit trail read.
//
// Start reading at Advertisement, then Owed (step.go: what is due to the host), Scene.Answer (answer.go: what the host's word
// means), Policy.unfit (preflight.go: who is not staged), Admission.Admit (admission.go: who starts now), Policy.Judge (stop_rule.go: when to stop).
package rollout
