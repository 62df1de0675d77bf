package kerberos

import (
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/messages"
)

// Kind says what kept an account from a login.
type Kind int

const (
	Ended       Kind = iota + 1 // the caller's context ended
	Unreachable                 // no KDC answered
	Refused                     // the domain refused the account or what proves it
	NoTicket                    // the domain gives no ticket for the server, or none that is good enough
	Unproven                    // the server did not prove who it is
	Unreadable                  // what came is not what the protocol allows
)

// Error is why there is no ticket or no session.
type Error struct {
	Kind Kind
	Err  error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func failed(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// refusals are the answers of a KDC that are about the account, in words.
var refusals = map[int32]string{
	errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN:  "the domain does not know the account",
	errorcode.KDC_ERR_CLIENT_REVOKED:       "the account is disabled or locked",
	errorcode.KDC_ERR_KEY_EXPIRED:          "the password has expired",
	errorcode.KDC_ERR_PREAUTH_FAILED:       "the password or keytab is wrong",
	errorcode.KDC_ERR_CLIENT_NOTYET:        "the account is not valid yet",
	errorcode.KDC_ERR_POLICY:               "a policy of the domain forbids the login",
	errorcode.KDC_ERR_ETYPE_NOSUPP:         "the account has no AES keys in the domain",
	errorcode.KDC_ERR_NEVER_VALID:          "the account may not be used at this time",
	errorcode.KRB_AP_ERR_SKEW:              "the clocks of this machine and of the domain differ",
	errorcode.KDC_ERR_WRONG_REALM:          "the account belongs to another realm",
	errorcode.KDC_ERR_NAME_EXP:             "the account has expired",
	errorcode.KDC_ERR_PADATA_TYPE_NOSUPP:   "the account must log in with something else, as a smart card",
	errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN:  "the domain knows no server of that name",
	errorcode.KDC_ERR_MUST_USE_USER2USER:   "the name belongs to a person and not to a server",
	errorcode.KRB_AP_ERR_TKT_EXPIRED:       "the login has expired",
	errorcode.KDC_ERR_PRINCIPAL_NOT_UNIQUE: "two accounts of the domain claim the server's name",
}

// explain makes an Error of whatever kept an exchange from its end; refusal is the kind of a KDC's no.
func explain(err error, refusal Kind) *Error {
	var ours *Error
	var no messages.KRBError
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &no):
		words, known := refusals[no.ErrorCode]
		if !known {
			words = "the domain says no: " + errorcode.Lookup(no.ErrorCode)
		}
		return failed(refusal, "%s", words)
	}
	return failed(Unreadable, "%w", err)
}
