window.YTD.account.part0 = [
  {"account": {"email": "ann@example.org", "createdVia": "web", "username": "Ann", "accountId": "771", "createdAt": "2014-08-05T09:50:56.000Z", "accountDisplayName": "Ann oat B."}}
]
