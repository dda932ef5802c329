from service.sandbox.tiktok.signing import sign_notice, sign_request


def test_request_sign_equals_the_vendors_published_vector():
    query = {"timestamp": "1623812664", "app_key": "29a39d"}
    expected = "b596b73e0cc6de07ac26f036364178ab16b0a907af13d43f0a0cd2345f582dc8"
    assert sign_request("e59af819cc", "/authorization/202309/shops", query) == expected


def test_request_sign_leaves_out_sign_and_access_token_and_covers_the_body():
    query = {"timestamp": "1623812664", "app_key": "29a39d"}
    path = "/authorization/202309/shops"
    plain = sign_request("e59af819cc", path, query)
    assert sign_request("e59af819cc", path, query | {"sign": "x", "access_token": "y"}) == plain
    assert sign_request("e59af819cc", path, query, body=b"{}") != plain


def test_notice_sign_equals_the_vendors_published_vector():
    body = (
        b'{"type":1,"tts_notification_id":"7380066284010030890","shop_id":"7495540735365777507","timestamp":1718305585,'
        b'"data":{"is_on_hold_order":true,"order_id":"576653688135258178","order_status":"UNPAID",'
        b'"update_time":1718305585}}'
    )
    assert sign_notice("abcdef", "123", body) == "5dec0f11ec2f6783b8deee53c9ffbf8d024302f7c7e7fa55a35d17629031ac05"
