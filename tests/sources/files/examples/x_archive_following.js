window.YTD.following.part0 = [
  {"following": {"accountId": "772", "userLink": "https://twitter.com/intent/user?user_id=772"}}
]
