package remote

import (
	"testing"

	"patchdeck/remote/simulator/wsman"
)

// loseCreates makes every reply to Create unreadable: the shell is there, and its name never arrives.
func (s *server) loseCreates(lost bool) {
	s.set(func() {
		if lost {
			s.spoil[wsman.Create] = wsman.EmptyBody
		} else {
			delete(s.spoil, wsman.Create)
		}
	})
}

func TestAShellWhoseBirthWasNotHeardIsDeleted(t *testing.T) {
	s, f := newServer(t, wsman.Options{Quotas: wsman.Quotas{MaxShellsPerUser: 1}}), newFleet(t, nil)
	s.loseCreates(true)
	for range 3 {
		if _, err := f.Facts(t.Context(), s.target); err == nil {
			t.Fatal("the reply to Create was lost")
		}
		<-s.deleted
	}
	s.loseCreates(false)
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
}

// A machine that was too busy to answer for a while must not be shut afterwards because all of the account's shells are
// taken by calls that nobody waits for any more.
func TestShellsThatCouldNotBeDeletedAreDeletedBeforeTheNextIsOpened(t *testing.T) {
	s, f := newServer(t, wsman.Options{Quotas: wsman.Quotas{MaxShellsPerUser: 3}}), newFleet(t, nil)
	for range tidyPlaces {
		f.tidying <- struct{}{} // nothing is tidied in the background
	}
	s.loseCreates(true)
	for range 3 {
		if _, err := f.Facts(t.Context(), s.target); err == nil {
			t.Fatal("the reply to Create was lost")
		}
		s.asked()
	}
	s.loseCreates(false)
	if _, err := f.Facts(t.Context(), s.target); err != nil {
		t.Error(err)
	}
	if requests := s.asked(); requests[wsman.Delete] == 0 || requests[wsman.Create] != 1 {
		t.Errorf("requests %v", requests)
	}
}

func TestOnlySoManyLeftShellsAreRemembered(t *testing.T) {
	var left leftover
	for range mostLeft {
		left.add("old")
	}
	left.add("new")
	if shells := left.take(); len(shells) != mostLeft || shells[mostLeft-1] != "new" {
		t.Errorf("%d shells, the last is %q", len(shells), shells[len(shells)-1])
	}
	if shells := left.take(); len(shells) != 0 {
		t.Errorf("%d shells are named twice", len(shells))
	}
}
