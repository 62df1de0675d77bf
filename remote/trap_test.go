package remote

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patchdeck/engine/rollout"
	"patchdeck/remote/simulator/wsman"
)

// traps are what happens to users of the library as it comes, each seen there, and the tests that hold that it cannot happen
// here.
var traps = []struct{ library, tests string }{
	{"an empty body, an empty 500 or any 401 after NTLM takes the whole process down",
		"TestADamagedReplyIsThatServersTroubleAndPasses TestRepliesThatAreNone TestALoginThatIsForgottenIsRepeatedOnce"},
	{"sealed sessions share one pool of connections, lose theirs to other hosts and end in 401 or a crash",
		"TestFewConnectionsStayOpen TestSweepOfAFleet"},
	{"input and output of one command race and crash it", "TestLongInputAndLongOutputTravelInPieces TestCallsToOneHostGoOneByOne"},
	{"a shell that is gone, or any other fault, is polled for ever without a pause",
		"TestAFaultThatComesAgainAndAgainEndsTheCall TestAShellLostInARestartIsReplacedOnce"},
	{"a host that hangs or is off is tried for ever", "TestAStallAtAnyPhaseEndsByItsLimit TestADeadServerFailsAtOnceAndIsTriedAgain"},
	{"the end of a context is noticed only between two requests, if at all",
		"TestAStallAtAnyPhaseEndsWithTheContext TestTheEndOfTheContextEndsWhicheverRequestIsInFlightAndTheShellIsDeleted TestTheEndOfTheContextEndsARequestAtOnce TestTheEndOfAContextEndsTheDeletionOfAnOldShell TestTheEndOfTheContextEndsALoginThatGetsNoAnswer"},
	{"a body that stalls holds its caller for ever", "TestAStalledReplyEndsAtTheReadLimit TestAStallAtAnyPhaseEndsByItsLimit"},
	{"output that nobody takes blocks the command for ever", "TestMoreOutputThanAnyScriptHasIsRefused"},
	{"replies that are no SOAP leak a connection and three goroutines each", "TestCallsThatFailLeaveNoConnectionBehind"},
	{"a text that is no XML is polled for ever, and a cut one passes with exit code 0",
		"TestADamagedReplyIsThatServersTroubleAndPasses FuzzRead TestUnbelievableRepliesAreRefusedWithTheirPlace"},
	{"a body without end fills the memory", "TestRepliesThatAreNone TestADamagedReplyIsThatServersTroubleAndPasses"},
	{"a peer that offers only Basic gets the password in clear text", "TestAPeerThatOffersOnlyBasicGetsNothing TestBasicNeverTravelsOverPlainHTTP TestAServerThatWantsItWeakerIsRefusedBeforeThePasswordIsUsed"},
	{"when sealing fails, the message follows in clear text", "TestAPeerThatOffersOnlyBasicGetsNothing TestClearTextAfterNTLMIsNotBelieved"},
	{"a wrong password is tried twice a message, and locks the account", "TestAWrongPasswordCostsOneLogon TestAWrongPasswordCostsAFleetThreeLogons TestALockedAccountIsWaitedForAndWorksWhenItIsOpenAgain"},
	{"the limit for a reply is that of the server's own wait, and they race", "TestAServerHasTimeToSayThatItHasNothingToSay"},
	{"faults, statuses and refused logins are one kind of error with no code",
		"TestFaultsAreSaidInWords TestTheStateOfTheRoadIsSaidInWords TestRepliesThatAreNone TestFaultsOfBothShapes TestTooManyShellsIsSaidInWordsForBothShapesOfFault"},
	{"what fails while a command or shell is closed is not noticed, and shells pile up",
		"TestADamagedGoodbyeDoesNotCostTheResult TestShellsThatCouldNotBeDeletedAreDeletedBeforeTheNextIsOpened TestAShellWhoseBirthWasNotHeardIsDeleted"},
	{"a quota that is used up passes for a command without output", "TestAUsedUpShellIsReplacedOnce TestTooManyShellsIsSaidInWordsForBothShapesOfFault TestAShellIsReplacedBeforeItsQuotaIsUsedUp"},
	{"a connection that is reset passes with exit code 0", "TestADamagedReplyIsThatServersTroubleAndPasses TestAnOrderWhoseAnswerIsLostIsUnknownAndNotRepeated"},
}

func TestEveryTrapIsHeldByTests(t *testing.T) {
	there := map[string]bool{}
	for _, folder := range []string{".", "soap", "transport"} {
		files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, declared := range file.Decls {
				if function, ok := declared.(*ast.FuncDecl); ok {
					there[function.Name.Name] = true
				}
			}
		}
	}
	for _, trap := range traps {
		for _, test := range strings.Fields(trap.tests) {
			if !there[test] {
				t.Errorf("%s: there is no %s", trap.library, test)
			}
		}
	}
}

func TestAFaultThatComesAgainAndAgainEndsTheCall(t *testing.T) {
	for _, code := range []uint32{2150858843, 2150859174, 2147943418, 995, 170, 2150858767} {
		for _, action := range []wsman.Action{wsman.Execute, wsman.Send, wsman.Receive} {
			s, f := newServer(t, wsman.Options{}), newFleet(t, nil)
			s.set(func() {
				s.deleted = make(chan struct{}, 1<<10)
				s.always = map[wsman.Action]uint32{action: code}
			})
			if _, err := f.Facts(t.Context(), s.target); err == nil {
				t.Errorf("fault %d on %s passes for an answer", code, action)
			}
			if requests := s.asked(); requests[action] > 4 {
				t.Errorf("fault %d on %s: requests %v", code, action, requests)
			}
		}
	}
}

func TestCallsThatFailLeaveNoConnectionBehind(t *testing.T) {
	const calls = 20
	ended := make(chan struct{}, 2*calls)
	peer := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "<html>Service Unavailable</html>")
	}))
	peer.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed {
			ended <- struct{}{}
		}
	}
	peer.Start()
	defer peer.Close()
	f := newFleet(t, nil)
	to := newServer(t, wsman.Options{}).target
	to.Port = peer.Listener.Addr().(*net.TCPAddr).Port
	for range calls {
		_, err := f.Facts(t.Context(), to)
		failed(t, err, rollout.ClassNetwork, "PD-UNAVAILABLE")
		<-ended // before anything else is asked of the peer
	}
}

func TestAServerHasTimeToSayThatItHasNothingToSay(t *testing.T) {
	for _, o := range []Options{{}, {OperationTimeout: time.Minute}, {ReadLimit: 4 * time.Second}, {ReadLimit: time.Second}} {
		if set := o.withDefaults(); set.ReadLimit <= set.OperationTimeout {
			t.Errorf("%+v: a reply may take %v, and the server may wait %v", o, set.ReadLimit, set.OperationTimeout)
		}
	}
	if o := (Options{}).withDefaults(); o.ReadLimit != o.OperationTimeout+10*time.Second {
		t.Errorf("%v for a reply, %v for the server", o.ReadLimit, o.OperationTimeout)
	}
}
